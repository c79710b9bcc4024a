using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp;

/// <summary>Where a client connects to, and how. Immutable; each has a default.</summary>
public sealed record TcpDialerOptions
{
    /// <summary>Name or IP address, without brackets. With TLS the certificate must be for it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port.</summary>
    public int Port { get; init; } = WireProtocol.Port;

    /// <summary>Encrypt, and take such servers for the one that is meant; null: do not encrypt.</summary>
    public TlsTrust? Tls { get; init; }

    /// <summary>A connection that is silent for this long is asked by the system whether it is still there.</summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(60);
}
