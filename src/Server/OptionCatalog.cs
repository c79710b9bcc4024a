using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Hosting;
using Rollcall.Server.Access;
using Rollcall.Server.Clustering;
using Rollcall.Server.Data;
using Rollcall.Server.Regions;
using Rollcall.Server.Tls;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Server;

/// <summary>One option for people: where it is set, what it is by default, what it may be.</summary>
internal sealed record CatalogEntry(string Key, string Default, string Range);

/// <summary>Every option of the server: what <c>--options</c> prints and <c>docs/options.md</c> repeats.</summary>
internal static class OptionCatalog
{
    /// <summary>All options, the core's first.</summary>
    public static IReadOnlyList<CatalogEntry> All { get; } =
    [
        .. Entries(ServerSettings.CoreSection, RegistryOptionKeys.All, new RegistryOptions()),
        .. Entries(ServerSettings.HttpSection, HttpOptionKeys.All, new HttpServerOptions()),
        .. Entries(ServerSettings.TcpSection, WireOptionKeys.Tcp, new TcpServerOptions()),
        .. Entries(ServerSettings.QuicSection, WireOptionKeys.Quic, new QuicServerOptions { Address = ServerSettings.Auto }),
        .. Entries(ServerSettings.WireSection, WireOptionKeys.Wire, new WireOptions()),
        .. Entries(ServerSettings.TlsSection, TlsSettings.Keys, new TlsSettings()),
        .. Entries(ServerSettings.CredentialsSection, CredentialSettings.Keys, new CredentialSettings()),
        .. Entries(ServerSettings.DataSection, DataSettings.Keys, new DataSettings()),
        .. Entries(ClusterSettings.ClusterSection, ClusterOptionKeys.All, ClusterOptionKeys.Defaults),
        .. Entries(ClusterSettings.PeersSection, PeerSettings.Keys, new PeerSettings()),
        .. Entries(RegionSettings.Section + ":NAME", RegionSettings.Keys, new RegionSettings()),
        new(ServerSettings.InsecureKey, OptionKind.Switch.Show(false), OptionKind.Switch.Name),
    ];

    /// <summary>True if a flag of this name sets an option by its key; the key itself may still be misspelled.</summary>
    public static bool IsKey(string name) =>
        name.StartsWith(ServerSettings.Section + ":", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(ServerSettings.LoggingSection + ":", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<CatalogEntry> Entries<TOptions>(
        string section,
        OptionKeySet<TOptions> keys,
        TOptions defaults
    )
        where TOptions : class =>
        from key in keys
        let path = $"{section}:{key.Name}"
        let range = key.Range ?? key.Kind
        select new CatalogEntry(
            path,
            key.Show(defaults),
            ServerSettings.WordsFor(path) is { } words ? $"{words}, or {range}" : range
        );
}
