namespace Rollcall.Testing.Support.Clients;

/// <summary>The local registry of a Java client, kept up by deltas.</summary>
/// <remarks>
/// <para>Owner: one test.</para>
/// <para>Source: Netflix <c>DiscoveryClient.updateDelta</c>, read 2026-11: an application that the client does not know is
/// taken over from the delta as it is, <b>deleted instances included</b>. They go only if their entry comes after the one that
/// brought the application in, so a delta that lists deletions first leaves ghosts, and costs every client a full read.</para>
/// </remarks>
public sealed class ClientCache
{
    private readonly Dictionary<string, LocalApp> _apps = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every instance held.</summary>
    public IEnumerable<ClientInstance> Instances => _apps.Values.SelectMany(app => app.Instances);

    /// <summary>Takes a full read.</summary>
    public void Replace(ClientView full)
    {
        _apps.Clear();
        foreach (ClientApp app in full.Apps)
        {
            _apps[app.Name] = new LocalApp(app);
        }
    }

    /// <summary>Takes a delta. False: the hash says that the client must read in full.</summary>
    public bool Apply(ClientView delta)
    {
        foreach (ClientApp app in delta.Apps)
        {
            LocalApp arriving = new(app);
            foreach (ClientInstance instance in app.Instances)
            {
                Apply(arriving, instance);
            }
        }

        return Hash() == delta.Hash;
    }

    /// <summary>The reconcile hash over everything held.</summary>
    public string Hash() => Hash(Instances);

    /// <summary>The reconcile hash of these instances: each status and how often it occurs, in the order of the names.</summary>
    public static string Hash(IEnumerable<ClientInstance> instances) =>
        string.Concat(instances
            .GroupBy(i => i.Status)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}_{g.Count()}_"));

    private void Apply(LocalApp arriving, ClientInstance instance)
    {
        LocalApp? known = _apps.GetValueOrDefault(instance.App!);
        switch (instance.Action)
        {
            case "ADDED" or "MODIFIED":
                if (known is null)
                {
                    _apps.Add(arriving.Name, known = arriving);
                }

                known.Add(instance);
                break;
            case "DELETED" when known is not null:
                known.Remove(instance);
                if (known.IsEmpty)
                {
                    _apps.Remove(instance.App!);
                }

                break;
        }
    }

    /// <summary>An application that changes in place.</summary>
    private sealed class LocalApp
    {
        private readonly Dictionary<string, ClientInstance> _byId = [];

        public LocalApp(ClientApp app)
        {
            Name = app.Name;
            foreach (ClientInstance instance in app.Instances)
            {
                Add(instance);
            }
        }

        public string Name { get; }

        public bool IsEmpty => _byId.Count == 0;

        public IEnumerable<ClientInstance> Instances => _byId.Values;

        public void Add(ClientInstance instance) => _byId[instance.Id!] = instance;

        public void Remove(ClientInstance instance) => _byId.Remove(instance.Id!);
    }
}
