using System.Net.Security;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>What the wire is called where a handshake asks for a name, and where it is at home.</summary>
public static class WireProtocol
{
    /// <summary>Of both protocols: TCP and UDP.</summary>
    public const int Port = 8762;

    /// <summary>Its name in ALPN; the number is the major version of the wire.</summary>
    public static SslApplicationProtocol Alpn { get; } = new("rollcall/1");
}
