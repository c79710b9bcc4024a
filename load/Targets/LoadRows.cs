using Rollcall.Bench.Reports;

namespace Rollcall.Load.Targets;

/// <summary>The rows that are measured from outside, against a server process.</summary>
internal static class LoadRows
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<TargetRow> All { get; } =
    [
        Row(3, "bytes allocated per heartbeat, server process", TcpHeartbeats.MeasureBytesAsync),
        Row(4, "HTTP heartbeats against an empty Kestrel handler", HttpHeartbeats.MeasureAsync),
        Row(5, "TCP heartbeats, 64 or more frames in a read", TcpHeartbeats.MeasurePipelinedAsync),
        Row(6, "TCP heartbeats, one frame per wake-up, acknowledged", TcpHeartbeats.MeasureOneByOneAsync),
        Row(8, "a million instances, each renewing every 30 s over TCP", HeldLoad.MeasureAsync),
        Row(11, "bytes of a delta on the wire", WireBytes.MeasureAsync),
        Row(12, "change to one subscriber, loopback, idle", Pushes.MeasureOneAsync),
        Row(13, "change to the last of 1,000 subscribers", Pushes.MeasureAllAsync),
        Row(18, "idle subscriber, server memory", IdleSubscribers.MeasureAsync),
        Row(20, "QUIC against TCP, same wire", QuicAgainstTcp.MeasureAsync),
    ];

    private static TargetRow Row(int number, string quantity, Func<Task<Measurement>> measure) =>
        new("load", number, quantity, measure);
}
