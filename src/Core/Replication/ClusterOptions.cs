namespace Rollcall.Core.Replication;

/// <summary>What a node of a cluster needs to know. Immutable; each has a default but <see cref="ClusterId"/>; ranges are in <see cref="Rules"/>.</summary>
public sealed record ClusterOptions
{
    /// <summary>Nodes that have it in common are one cluster; others are refused. At least one character.</summary>
    public string ClusterId { get; init; } = "";

    /// <summary>How long the end of an instance is remembered: longer than the guard may hold, and two of the longest leases.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most ends remembered; the oldest go first.</summary>
    public int TombstonesMax { get; init; } = 1_048_576;

    /// <summary>Most changes in a batch to a peer: at 300 bytes each, about 64 kB.</summary>
    public int BatchChangesMax { get; init; } = 256;

    /// <summary>A batch to a peer ends with the change that brings it to this many bytes, unpacked.</summary>
    public int BatchBytesMax { get; init; } = 1_048_576;

    /// <summary>While a batch is under way to a peer, the next one waits this long for more.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Most batches under way to a peer, not yet acknowledged.</summary>
    public int BatchesInFlightMax { get; init; } = 8;

    /// <summary>What a peer does not acknowledge for this long is sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Renewals travel together this often, or every tenth of the shortest lease, whichever is shorter.</summary>
    public TimeSpan RenewSetPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Digests are compared this often, besides when a link comes up.</summary>
    public TimeSpan ComparePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A repair that makes no progress for this long is given up, and tried again later.</summary>
    public TimeSpan RepairTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A starting node serves reads after this long even if no peer could bring it up to date.</summary>
    public TimeSpan WarmUpMax { get; init; } = TimeSpan.FromSeconds(60);

    internal PlantedFaults Faults { get; init; }

    /// <summary>The range of every option that has one, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<ClusterOptions>> Rules { get; } =
    [
        new("ClusterId", o => o.ClusterId.Length, 1, 256, "characters"),
        new("TombstoneLife", o => o.TombstoneLife, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        new("TombstonesMax", o => o.TombstonesMax, 1_024, 64_000_000, "ends"),
        new("BatchChangesMax", o => o.BatchChangesMax, 1, 65_536, "changes"),
        new("BatchBytesMax", o => o.BatchBytesMax, 1_024, 16_777_216, "bytes"),
        new("BatchDelay", o => o.BatchDelay, TimeSpan.Zero, TimeSpan.FromSeconds(10)),
        new("BatchesInFlightMax", o => o.BatchesInFlightMax, 1, 1_024, "batches"),
        new("ResendAfter", o => o.ResendAfter, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
        new("RenewSetPeriod", o => o.RenewSetPeriod, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(5)),
        new("ComparePeriod", o => o.ComparePeriod, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("RepairTimeout", o => o.RepairTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
        new("WarmUpMax", o => o.WarmUpMax, TimeSpan.Zero, TimeSpan.FromHours(1)),
    ];

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);
}
