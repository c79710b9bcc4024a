using Rollcall.Configuration;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Server;

/// <summary>The options of the wire and of the adapters that speak it, as a configuration names them.</summary>
internal static class WireOptionKeys
{
    /// <summary>Every option, in the order of <see cref="TcpServerOptions"/>.</summary>
    public static OptionKeySet<TcpServerOptions> Tcp { get; } = new(TcpServerOptions.Rules)
    {
        { OptionKind.Text, o => o.Address, (o, v) => o with { Address = v } },
        { OptionKind.Whole, o => o.ConnectionsMax, (o, v) => o with { ConnectionsMax = v } },
        { OptionKind.Whole, o => o.Backlog, (o, v) => o with { Backlog = v } },
        { OptionKind.Duration, o => o.HandshakeTimeout, (o, v) => o with { HandshakeTimeout = v } },
        { OptionKind.Duration, o => o.KeepAliveTime, (o, v) => o with { KeepAliveTime = v } },
    };

    /// <summary>Every option, in the order of <see cref="QuicServerOptions"/>.</summary>
    public static OptionKeySet<QuicServerOptions> Quic { get; } = new(QuicServerOptions.Rules)
    {
        { OptionKind.Text, o => o.Address, (o, v) => o with { Address = v } },
        { OptionKind.Whole, o => o.ConnectionsMax, (o, v) => o with { ConnectionsMax = v } },
        { OptionKind.Whole, o => o.LanesMax, (o, v) => o with { LanesMax = v } },
        { OptionKind.Duration, o => o.HandshakeTimeout, (o, v) => o with { HandshakeTimeout = v } },
        { OptionKind.Duration, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v } },
    };

    /// <summary>Every option, in the order of <see cref="WireOptions"/>.</summary>
    public static OptionKeySet<WireOptions> Wire { get; } = new(WireOptions.Rules)
    {
        { OptionKind.Whole, o => o.FrameBytesMax, (o, v) => o with { FrameBytesMax = v } },
        { OptionKind.Whole, o => o.HelloBytesMax, (o, v) => o with { HelloBytesMax = v } },
        { OptionKind.Whole, o => o.HandlesPerFrameMax, (o, v) => o with { HandlesPerFrameMax = v } },
        { OptionKind.Whole, o => o.FilterNamesMax, (o, v) => o with { FilterNamesMax = v } },
        { OptionKind.Whole, o => o.WatchesPerSessionMax, (o, v) => o with { WatchesPerSessionMax = v } },
        { OptionKind.Whole, o => o.ReadsPerSessionMax, (o, v) => o with { ReadsPerSessionMax = v } },
        { OptionKind.Whole, o => o.UnacknowledgedBytesMax, (o, v) => o with { UnacknowledgedBytesMax = v } },
        { OptionKind.Whole, o => o.UnacknowledgedUpdatesMax, (o, v) => o with { UnacknowledgedUpdatesMax = v } },
        { OptionKind.Whole, o => o.ChangesBehindMax, (o, v) => o with { ChangesBehindMax = v } },
        { OptionKind.Whole, o => o.PackBytesMin, (o, v) => o with { PackBytesMin = v } },
        { OptionKind.Duration, o => o.HelloTimeout, (o, v) => o with { HelloTimeout = v } },
        { OptionKind.Duration, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v } },
        { OptionKind.Duration, o => o.StallTimeout, (o, v) => o with { StallTimeout = v } },
        { OptionKind.Duration, o => o.PeerSilenceTimeout, (o, v) => o with { PeerSilenceTimeout = v } },
        { OptionKind.Whole, o => o.SessionsMax, (o, v) => o with { SessionsMax = v } },
    };
}
