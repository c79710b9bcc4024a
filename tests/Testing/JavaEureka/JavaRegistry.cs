using System.Globalization;
using System.Text;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>The registry of Netflix's server, oddities included: AbstractInstanceRegistry and PeerAwareInstanceRegistryImpl.</summary>
/// <remarks>One caller at a time: <see cref="JavaEurekaServer"/> holds the lock.</remarks>
internal sealed class JavaRegistry(Func<long> now)
{
    private const long DeltaKeptMs = 180_000;

    private readonly SortedDictionary<string, SortedDictionary<string, JavaLease>> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _overrides = [];
    private readonly Queue<(long At, JavaLease Lease)> _changed = new();

    public IEnumerable<JavaLease> Leases => _apps.Values.SelectMany(app => app.Values);

    /// <summary>By id alone, as Netflix has it: two services with one id share it.</summary>
    public IReadOnlyDictionary<string, string> Overrides => _overrides;

    /// <summary>Counted over everything, up or not.</summary>
    public string Hash()
    {
        var hash = new StringBuilder();
        foreach (IGrouping<string, JavaLease> status in Leases.GroupBy(lease => lease.Holder.Status).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            hash.Append(CultureInfo.InvariantCulture, $"{status.Key}_{status.Count()}_");
        }

        return hash.ToString();
    }

    public JavaLease? Find(string app, string id) => _apps.GetValueOrDefault(app.ToUpperInvariant())?.GetValueOrDefault(id);

    public JavaLease? FindById(string id) => Leases.FirstOrDefault(lease => lease.Holder.Id == id);

    /// <summary>Everything changed in three minutes, each instance once, as it is now.</summary>
    public IReadOnlyList<JavaLease> Delta()
    {
        while (_changed.TryPeek(out (long At, JavaLease Lease) oldest) && oldest.At < now() - DeltaKeptMs)
        {
            _changed.Dequeue();
        }

        return [.. _changed.GroupBy(entry => (entry.Lease.Holder.App, entry.Lease.Holder.Id)).Select(group => group.Last().Lease)];
    }

    public void Register(JavaInstance incoming, bool replication)
    {
        long at = now();
        JavaLease? existing = Find(incoming.App, incoming.Id);
        JavaInstance holder = existing is not null && existing.Holder.LastDirty > incoming.LastDirty ? existing.Holder : incoming.Copy();
        var lease = new JavaLease(holder, at) { ServiceUp = existing?.ServiceUp ?? 0 };
        if (!_apps.TryGetValue(incoming.App, out SortedDictionary<string, JavaLease>? app))
        {
            _apps[incoming.App] = app = new SortedDictionary<string, JavaLease>(StringComparer.Ordinal);
        }

        app[incoming.Id] = lease;
        if (holder.Overridden != "UNKNOWN")
        {
            _overrides.TryAdd(holder.Id, holder.Overridden);
        }

        holder.Overridden = _overrides.GetValueOrDefault(holder.Id, holder.Overridden);
        holder.Status = Effective(holder, existing, replication);
        Changed(lease, "ADDED");
    }

    public bool Renew(string app, string id, bool replication)
    {
        if (Find(app, id) is not { } lease)
        {
            return false;
        }

        string status = Effective(lease.Holder, lease, replication);
        if (status == "UNKNOWN")
        {
            return false;
        }

        lease.Holder.Status = status; // silently: no delta
        lease.Renew(now());
        return true;
    }

    public bool Cancel(string app, string id)
    {
        _overrides.Remove(id);
        if (Find(app, id) is not { } lease)
        {
            return false;
        }

        Remove(lease);
        return true;
    }

    public bool SetStatus(string app, string id, string status, long? lastDirty)
    {
        if (Find(app, id) is not { } lease)
        {
            return false;
        }

        lease.Renew(now());
        if (lease.Holder.Status != status)
        {
            _overrides[id] = status;
            lease.Holder.Overridden = status;
            lease.Holder.Status = status;
            Touch(lease, lastDirty);
        }

        return true;
    }

    public bool ClearStatus(string app, string id, string fallBack, long? lastDirty)
    {
        if (Find(app, id) is not { } lease)
        {
            return false;
        }

        lease.Renew(now());
        if (_overrides.Remove(id))
        {
            lease.Holder.Overridden = "UNKNOWN";
            lease.Holder.Status = fallBack;
            Touch(lease, lastDirty);
        }

        return true;
    }

    public void StoreOverride(JavaLease lease, string status)
    {
        if (_overrides.GetValueOrDefault(lease.Holder.Id) != status)
        {
            _overrides[lease.Holder.Id] = status;
            lease.Holder.Overridden = status;
        }
    }

    /// <summary>The sweep of every minute, without its cap of 15 %.</summary>
    public int Evict()
    {
        JavaLease[] expired = [.. Leases.Where(lease => lease.IsExpired(now()))];
        Array.ForEach(expired, Remove);
        return expired.Length;
    }

    public void Clear()
    {
        _apps.Clear();
        _overrides.Clear();
        _changed.Clear();
    }

    // Down or starting; then the override; then, if not a replication, what it was; then what comes.
    private string Effective(JavaInstance incoming, JavaLease? existing, bool replication) =>
        incoming.Status is not ("UP" or "OUT_OF_SERVICE") ? incoming.Status
        : _overrides.TryGetValue(incoming.Id, out string? overridden) ? overridden
        : !replication && existing?.Holder.Status is "UP" or "OUT_OF_SERVICE" ? existing!.Holder.Status
        : incoming.Status;

    private void Touch(JavaLease lease, long? lastDirty)
    {
        if (lastDirty is { } dirty && dirty > lease.Holder.LastDirty)
        {
            lease.Holder.LastDirty = dirty;
        }

        Changed(lease, "MODIFIED");
    }

    private void Remove(JavaLease lease)
    {
        string app = lease.Holder.App;
        _apps[app].Remove(lease.Holder.Id);
        if (_apps[app].Count == 0)
        {
            _apps.Remove(app);
        }

        lease.Cancel(now());
        Changed(lease, "DELETED");
    }

    private void Changed(JavaLease lease, string action)
    {
        long at = now();
        lease.Holder.Action = action;
        lease.Holder.LastUpdated = at;
        lease.ServiceUp = lease.ServiceUp == 0 && lease.Holder.Status == "UP" ? at : lease.ServiceUp;
        _changed.Enqueue((at, lease));
    }
}
