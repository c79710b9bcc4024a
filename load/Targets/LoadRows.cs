using Rollcall.Bench.Reports;
using Rollcall.Core;

namespace Rollcall.Load.Targets;

/// <summary>The rows that are measured from outside, against a server process.</summary>
internal static class LoadRows
{
    /// <summary>All of them, in order.</summary>
    /// <param name="heldFor">How long row 8 is held; null: as usual.</param>
    public static IReadOnlyList<TargetRow> All(TimeSpan? heldFor = null) =>
    [
        Row(3, "bytes allocated per heartbeat, server process", TcpHeartbeats.MeasureBytesAsync),
        Row(4, "HTTP heartbeats against an empty Kestrel handler", HttpHeartbeats.MeasureAsync),
        Row(5, "TCP heartbeats, 64 or more frames in a read", TcpHeartbeats.MeasurePipelinedAsync),
        Row(6, "TCP heartbeats, one frame per wake-up, acknowledged", TcpHeartbeats.MeasureOneByOneAsync),
        Row(8, "a million instances, each renewing every 30 s over TCP", () => HeldLoad.MeasureAsync(heldFor ?? HeldLoad.Usual)) with
        {
            Flags = heldFor is { } time ? $"--duration {DurationText.Show(time)}" : "",
        },
        Row(11, "bytes of a delta on the wire", WireBytes.MeasureAsync),
        Row(12, "change to one subscriber, loopback, idle", Pushes.MeasureOneAsync),
        Row(13, "change to the last of 1,000 subscribers", Pushes.MeasureAllAsync),
        Row(14, "replication bytes per heartbeat and per change", () => ReplicationBytes.MeasureAsync()),
        Row(15, "heal after a partition: 10k differences in a million instances", () => Healing.MeasureAsync()),
        Row(17, "a third of a million leases end at once", MassExpiry.MeasureAsync),
        Row(18, "idle subscriber, server memory", IdleSubscribers.MeasureAsync),
        Row(19, "a new node copies a million instances from a peer", () => NodeCopy.MeasureAsync()),
        Row(20, "QUIC against TCP, same wire", QuicAgainstTcp.MeasureAsync),
    ];

    /// <summary><c>targets</c> with its flags: <c>--rows</c> and <c>--duration</c>.</summary>
    /// <returns>The rows asked for; null: the flags are wrong.</returns>
    public static IReadOnlyList<TargetRow>? Parse(IReadOnlyList<string> flags) =>
        flags switch
        {
            [] => All(),
            ["--rows", var list] => TargetsCommand.Parse(All(), list),
            ["--rows", var list, "--duration", var text] when DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero =>
                TargetsCommand.Parse(All(time), list),
            _ => null,
        };

    private static TargetRow Row(int number, string quantity, Func<Task<Measurement>> measure) =>
        new("load", number, quantity, measure);
}
