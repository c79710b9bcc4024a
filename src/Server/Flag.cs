using Rollcall.Server.Access;
using Rollcall.Server.Clustering;
using Rollcall.Server.Tls;

namespace Rollcall.Server;

/// <summary>A short name for something that can be said on the command line.</summary>
/// <param name="Name">With its two hyphens.</param>
/// <param name="Value">What follows it, for people; null if nothing does.</param>
/// <param name="Key">The configuration key that it sets; null if it sets none.</param>
/// <param name="Help">One line.</param>
/// <param name="Repeats">True: several may be given, and all count.</param>
internal sealed record Flag(string Name, string? Value, string? Key, string Help, bool Repeats = false)
{
    public const string Config = "--config";
    public const string RemoteRegion = "--remote-region";
    public const string Usage = "--help";
    public const string Options = "--options";
    public const string Version = "--version";

    /// <summary>As it is written, with its value.</summary>
    public string Form => Value is null ? Name : $"{Name} {Value}";

    /// <summary>Every flag, in the order of the help.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new(
            "--http",
            "URL|off",
            ServerSettings.UrlKey,
            "where to listen, or off (http://127.0.0.1:8761; port 0: any free one)"
        ),
        new("--tcp", "HOST:PORT|off", ServerSettings.TcpAddressKey, "where to listen for the wire over TCP, or off (127.0.0.1:8762)"),
        new(
            "--quic",
            "HOST:PORT|off|auto",
            ServerSettings.QuicAddressKey,
            "the same over QUIC; auto: the port of TCP, on this machine, where it is supported (auto)"
        ),
        new("--guard", "on|off", ServerSettings.CoreSection + ":GuardEnabled", "protection against mass expiry (on)"),
        new("--node-id", "ID", ServerSettings.CoreSection + ":NodeId", "this node, 1 to 8 hexadecimal digits (drawn at start, with --data once and for all)"),
        new("--data", "DIR", ServerSettings.DataFolderKey, "keep the node's id and snapshots there, for a warm restart (nothing is kept)"),
        new("--cluster", "NAME", ClusterSettings.ClusterIdKey, "nodes of the same name are one cluster (rollcall, if there are peers)"),
        new("--peer", "URL", ClusterSettings.AddressesKey, $"another node, as often as there are: {PeerSchemes.Form}", Repeats: true),
        new("--peer-ca", "FILE", ClusterSettings.AuthoritiesKey, "who vouches for the certificates of peers (as the system)"),
        new("--zone", "NAME", ServerSettings.CoreSection + ":Zone", "the zone this node runs in (not said)"),
        new("--region", "NAME", ServerSettings.CoreSection + ":Region", "the region this node runs in (not said)"),
        new(RemoteRegion, "NAME=URL", null, "keep a copy of another region's registry; may be repeated, for one NAME too (none)"),
        new(Config, "FILE", null, "settings in JSON, on top of appsettings.json"),
        new(
            "--tls-certificate",
            "FILE",
            CertificateFiles.CertificateKey,
            "the server's certificate, PEM or PFX"
        ),
        new("--tls-key", "FILE", CertificateFiles.KeyKey, "its private key, if in a file of its own"),
        new(
            "--client-ca",
            "FILE",
            CertificateFiles.ClientAuthoritiesKey,
            "who vouches for the certificates of clients"
        ),
        new("--credentials", "FILE", CredentialSources.FileKey, "who may come in: a line NAME ROLES token SECRET each (everyone)"),
        new("--insecure", null, ServerSettings.InsecureKey, "listen beyond this machine without TLS or credentials"),
        new(Options, null, null, "every option with its default and range"),
        new(Version, null, null, "the version"),
        new(Usage, null, null, "this text"),
    ];
}
