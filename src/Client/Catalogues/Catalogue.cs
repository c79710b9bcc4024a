using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Client.Catalogues;

/// <summary>What a client knows of the registry at one version. Immutable: swapped whole, read by any thread.</summary>
/// <remarks>Cost: a look-up is one hash of the name, 0 bytes. A change copies the index of names and the lists it touches.</remarks>
public sealed class Catalogue
{
    private readonly Dictionary<string, EndpointList> _services;
    private readonly Dictionary<string, EndpointList> _vips;
    private readonly Dictionary<string, EndpointList> _secureVips;

    internal Catalogue(
        RegistryVersion version,
        InstanceFilter follows,
        Dictionary<string, EndpointList> services,
        Dictionary<string, EndpointList> vips,
        Dictionary<string, EndpointList> secureVips
    )
    {
        Version = version;
        Follows = follows;
        _services = services;
        _vips = vips;
        _secureVips = secureVips;
    }

    /// <summary>The registry's version; <see cref="RegistryVersion.None"/>: none has been heard yet.</summary>
    public RegistryVersion Version { get; }

    /// <summary>What it is a copy of.</summary>
    public InstanceFilter Follows { get; }

    /// <summary>Every service that has, or had, an instance.</summary>
    public IReadOnlyCollection<EndpointList> Services => _services.Values;

    /// <summary>The instances of a service, its name in any case; null: none is known. 0 bytes.</summary>
    public EndpointList? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>The instances of a service, its name in any case; null: none is known. 0 bytes.</summary>
    public EndpointList? Find(ReadOnlySpan<char> service) =>
        _services.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(service, out EndpointList? list) ? list : null;

    /// <summary>The instances with a virtual address, compared exactly; null: none is known. 0 bytes.</summary>
    public EndpointList? FindVip(string vip, bool secure = false) => (secure ? _secureVips : _vips).GetValueOrDefault(vip);

    /// <summary>Why there is nothing to call at a service: one line for people; null if there is something.</summary>
    public string? WhyNothing(string service)
    {
        EndpointList? list = Find(service);
        return list switch
        {
            { UpCount: > 0 } or { HeldUpCount: > 0 } => null,
            { Endpoints.Length: > 0 and var count } => $"{list.Name}: none of its {count} instances is up.",
            { LastLost: { } cause } => $"{list.Name}: its last instance left, {Word(cause)}.",
            _ when Version == RegistryVersion.None => $"{service}: no registry has been heard yet.",
            _ when Follows.Kind == FilterKind.Services && !Follows.Names.Contains(ServiceName.Canonical(service)) =>
                $"{service}: not among the services that are followed ({Follows}).",
            _ => $"{service}: the registry knows no instance of it.",
        };
    }

    internal static Catalogue Empty(InstanceFilter follows) =>
        // Service names compare as Core compares their upper-case forms, so no name has to be upper-cased to be looked up.
        new(RegistryVersion.None, follows, new(StringComparer.OrdinalIgnoreCase), new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    /// <summary>The same at a later version: nothing that it follows has changed.</summary>
    internal Catalogue At(RegistryVersion version) => new(version, Follows, _services, _vips, _secureVips);

    internal CatalogueEdit Edit() => new(Follows, new(_services, _services.Comparer), new(_vips, _vips.Comparer), new(_secureVips, _secureVips.Comparer));

    private static string Word(VanishCause cause) =>
        cause switch
        {
            VanishCause.Cancelled => "cancelled",
            VanishCause.LossAccepted => "its lease ended and the registry judged that the loss is real",
            VanishCause.Expired => "its lease ended",
            VanishCause.NotInFullRead => "missing from a full read",
            VanishCause.OtherRegistry => "unknown to a registry that has started anew",
            _ => "known from the file alone",
        };
}
