using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Quic;

/// <summary>Where a client connects to, and how. Immutable; each has a default.</summary>
public sealed record QuicDialerOptions
{
    /// <summary>Name or IP address, without brackets. The certificate must be for it, unless a fingerprint is given.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port.</summary>
    public int Port { get; init; } = WireProtocol.Port;

    /// <summary>Which server is the one that is meant.</summary>
    public TlsTrust Trust { get; init; } = new();

    /// <summary>
    /// Take any certificate of a server on this machine, as long as <see cref="Trust"/> names none: such a server makes its own at each
    /// start. Elsewhere it has no effect.
    /// </summary>
    public bool TrustLoopback { get; init; }

    /// <summary>The client says that it is there after so much silence; less than the server's idle timeout.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);
}
