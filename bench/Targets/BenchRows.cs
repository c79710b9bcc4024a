using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>The rows that belong to the core, measured inside one process.</summary>
internal static class BenchRows
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<TargetRow> All { get; } =
    [
        Row(1, "renew in the core by handle, 1M leases in random order", RenewByHandle.Measure),
        Row(2, "renew in the core by key, 1M leases in random order", RenewByKey.Measure),
        Row(7, "memory of one of a million Spring-like instances", MemoryPerInstance.Measure),
        Row(8, "a million instances, each renewing every 30 s: the core's part", RenewalLoad.Measure),
        Row(9, "cost of one change to the encoded full snapshot", CostOfChange.Measure),
        Row(10, "full read of 100k instances, warm", FullRead.Measure),
        Row(11, "records and bytes of a delta: the core's part", DeltaBytes.Measure),
        Row(13, "change to 1,000 subscribers: the core's part", FanOut.Measure),
        Row(14, "replication bytes per heartbeat and peer", Replication.Heartbeats),
        Row(15, "heal after a partition: 10k differences in 1M instances, 3 nodes", Replication.Heal),
        Row(16, "expiry: never early, and how late", ExpiryLateness.Measure),
        Row(17, "mass expiry: 330k of 1M leases at once, guard off", MassExpiry.Measure),
        Row(19, "a new node copies 1M instances from a peer", Replication.Copy),
    ];

    private static TargetRow Row(int number, string quantity, Func<Measurement> measure) =>
        new("bench", number, quantity, () => Task.FromResult(measure()));
}
