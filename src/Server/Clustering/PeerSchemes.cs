using System.Collections.Frozen;
using Rollcall.Hosting.Clustering;
using Rollcall.Transports.Http;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Server.Clustering;

/// <summary>What the addresses of peers may be.</summary>
internal static class PeerSchemes
{
    /// <summary>For people.</summary>
    public const string Form = "tcp://HOST:PORT, tcps://, quic://, http:// or https://, or of a Eureka server eureka+http://HOST:PORT/eureka";

    private const int HttpPort = 8761;

    /// <summary>Each, with the port of an address that names none.</summary>
    public static IReadOnlyDictionary<string, int> Ports { get; } =
        new Dictionary<string, int>
        {
            ["tcp"] = WireProtocol.Port,
            ["tcps"] = WireProtocol.Port,
            ["quic"] = WireProtocol.Port,
            ["http"] = HttpPort,
            ["https"] = HttpPort,
            [EurekaAddress.Scheme] = HttpPort,
            [EurekaAddress.SecureScheme] = HttpPort,
        }.ToFrozenDictionary();

    /// <summary>True if what is sent there cannot be read on the way.</summary>
    public static bool IsEncrypted(PeerAddress address) => address.Scheme is "tcps" or "quic" or "https" or EurekaAddress.SecureScheme;

    /// <summary>True if it is a Eureka server, and no node of the cluster.</summary>
    public static bool IsEureka(PeerAddress address) => address.Scheme is EurekaAddress.Scheme or EurekaAddress.SecureScheme;
}
