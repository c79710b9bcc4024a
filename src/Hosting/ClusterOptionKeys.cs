using Rollcall.Configuration;
using Rollcall.Core.Replication;

namespace Rollcall.Hosting;

/// <summary>The options of a cluster's node as a configuration names them: the one place that pairs key and property.</summary>
public static class ClusterOptionKeys
{
    /// <summary>Of a node that was told it is in a cluster, and not in which.</summary>
    public static ClusterOptions Defaults { get; } = new() { ClusterId = "rollcall" };

    /// <summary>Every option, in the order of <see cref="ClusterOptions"/>.</summary>
    public static OptionKeySet<ClusterOptions> All { get; } = new(ClusterOptions.Rules)
    {
        { OptionKind.Text, o => o.ClusterId, (o, v) => o with { ClusterId = v } },
        { OptionKind.Duration, o => o.TombstoneLife, (o, v) => o with { TombstoneLife = v } },
        { OptionKind.Whole, o => o.TombstonesMax, (o, v) => o with { TombstonesMax = v } },
        { OptionKind.Whole, o => o.BatchChangesMax, (o, v) => o with { BatchChangesMax = v } },
        { OptionKind.Whole, o => o.BatchBytesMax, (o, v) => o with { BatchBytesMax = v } },
        { OptionKind.Duration, o => o.BatchDelay, (o, v) => o with { BatchDelay = v } },
        { OptionKind.Whole, o => o.BatchesInFlightMax, (o, v) => o with { BatchesInFlightMax = v } },
        { OptionKind.Duration, o => o.ResendAfter, (o, v) => o with { ResendAfter = v } },
        { OptionKind.Duration, o => o.RenewSetPeriod, (o, v) => o with { RenewSetPeriod = v } },
        { OptionKind.Duration, o => o.ComparePeriod, (o, v) => o with { ComparePeriod = v } },
        { OptionKind.Duration, o => o.RepairTimeout, (o, v) => o with { RepairTimeout = v } },
        { OptionKind.Duration, o => o.WarmUpMax, (o, v) => o with { WarmUpMax = v } },
    };
}
