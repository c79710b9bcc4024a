using Rollcall.Client.Choosing;

namespace Rollcall.Client.Catalogues;

/// <summary>The instances of one service, or of one virtual address, as of one version of the catalogue. Immutable.</summary>
public sealed class EndpointList
{
    private readonly ServiceEndpoint[] _endpoints;
    private ChoicePlan? _plan; // a cache: any plan may be dropped and made again

    /// <summary>In order of service and id.</summary>
    internal EndpointList(string name, ServiceEndpoint[] endpoints, VanishCause? lastLost = null)
    {
        Name = name;
        _endpoints = endpoints;
        LastLost = lastLost;
        foreach (ServiceEndpoint endpoint in endpoints)
        {
            if (endpoint.IsUp)
            {
                UpCount += endpoint.HeldFor is null ? 1 : 0;
                HeldUpCount += endpoint.HeldFor is null ? 0 : 1;
            }
        }
    }

    /// <summary>Canonical name of the service, or the virtual address.</summary>
    public string Name { get; }

    /// <summary>All instances, whatever their status, in order of service and id. 0 bytes.</summary>
    public ReadOnlySpan<ServiceEndpoint> Endpoints => _endpoints;

    /// <summary>How many the registry says are up.</summary>
    public int UpCount { get; }

    /// <summary>How many more were up when the registry lost them, and are kept for a while.</summary>
    public int HeldUpCount { get; }

    /// <summary>Why the last one that left did; null if none has.</summary>
    public VanishCause? LastLost { get; }

    /// <summary>How to choose among them, as far as it has been worked out.</summary>
    internal ChoicePlan? Plan
    {
        get => Volatile.Read(ref _plan);
        set => Volatile.Write(ref _plan, value);
    }

    /// <summary>This list after edits.</summary>
    /// <param name="edits">By key, each once: the new endpoint, or null to take it out.</param>
    /// <param name="lost">Why those that are taken out left; null if none is.</param>
    internal EndpointList With(IReadOnlyDictionary<(string Service, string Id), ServiceEndpoint?> edits, VanishCause? lost)
    {
        IEnumerable<ServiceEndpoint> kept = _endpoints.Where(endpoint => !edits.ContainsKey(endpoint.Key));
        ServiceEndpoint[] endpoints = [.. kept, .. edits.Values.OfType<ServiceEndpoint>()];
        Array.Sort(endpoints, s_byKey);
        return new EndpointList(Name, endpoints, lost ?? LastLost);
    }

    private static readonly Comparison<ServiceEndpoint> s_byKey = (a, b) =>
        string.CompareOrdinal(a.Service, b.Service) is var byService and not 0 ? byService : string.CompareOrdinal(a.Id, b.Id);
}
