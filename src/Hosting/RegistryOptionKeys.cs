using Rollcall.Configuration;
using Rollcall.Core;

namespace Rollcall.Hosting;

/// <summary>The options of the core as a configuration names them: the one place that pairs key and property.</summary>
public static class RegistryOptionKeys
{
    /// <summary>Every option, in the order of <see cref="RegistryOptions"/>.</summary>
    public static OptionKeySet<RegistryOptions> All { get; } = new(RegistryOptions.Rules)
    {
        { OptionKind.Whole, o => o.StripeCount, (o, v) => o with { StripeCount = v } },
        { OptionKind.Duration, o => o.WheelTick, (o, v) => o with { WheelTick = v } },
        { OptionKind.Whole, o => o.InstancesMax, (o, v) => o with { InstancesMax = v } },
        { OptionKind.Duration, o => o.LeaseDurationDefault, (o, v) => o with { LeaseDurationDefault = v } },
        { OptionKind.Duration, o => o.LeaseDurationMax, (o, v) => o with { LeaseDurationMax = v } },
        { OptionKind.Duration, o => o.RenewalIntervalDefault, (o, v) => o with { RenewalIntervalDefault = v } },
        { OptionKind.Duration, o => o.LeaseGrace, (o, v) => o with { LeaseGrace = v } },
        { OptionKind.Duration, o => o.StallGap, (o, v) => o with { StallGap = v } },
        { OptionKind.Switch, o => o.GuardEnabled, (o, v) => o with { GuardEnabled = v } },
        { OptionKind.Duration, o => o.GuardWindow, (o, v) => o with { GuardWindow = v } },
        { OptionKind.Whole, o => o.GuardPopulationMin, (o, v) => o with { GuardPopulationMin = v } },
        { OptionKind.Number, o => o.GuardThreshold, (o, v) => o with { GuardThreshold = v } },
        { OptionKind.Duration, o => o.GuardHoldMax, (o, v) => o with { GuardHoldMax = v } },
        { OptionKind.Whole, o => o.ChangeRingCapacity, (o, v) => o with { ChangeRingCapacity = v } },
        { OptionKind.Duration, o => o.DeltaRetention, (o, v) => o with { DeltaRetention = v } },
        { OptionKind.Whole, o => o.HistoryCapacity, (o, v) => o with { HistoryCapacity = v } },
        { OptionKind.Duration, o => o.OverrideLinger, (o, v) => o with { OverrideLinger = v } },
        { OptionKind.Whole, o => o.ServiceBytesMax, (o, v) => o with { ServiceBytesMax = v } },
        { OptionKind.Whole, o => o.IdBytesMax, (o, v) => o with { IdBytesMax = v } },
        { OptionKind.Whole, o => o.HostBytesMax, (o, v) => o with { HostBytesMax = v } },
        { OptionKind.Whole, o => o.UrlBytesMax, (o, v) => o with { UrlBytesMax = v } },
        { OptionKind.Whole, o => o.VipsBytesMax, (o, v) => o with { VipsBytesMax = v } },
        { OptionKind.Whole, o => o.VipsMax, (o, v) => o with { VipsMax = v } },
        { OptionKind.Whole, o => o.MetadataPairsMax, (o, v) => o with { MetadataPairsMax = v } },
        { OptionKind.Whole, o => o.MetadataKeyBytesMax, (o, v) => o with { MetadataKeyBytesMax = v } },
        { OptionKind.Whole, o => o.MetadataBytesMax, (o, v) => o with { MetadataBytesMax = v } },
        { OptionKind.NodeId, o => o.NodeId, (o, v) => o with { NodeId = v } },
        { OptionKind.Text, o => o.Zone, (o, v) => o with { Zone = v } },
        { OptionKind.Text, o => o.Region, (o, v) => o with { Region = v } },
        { OptionKind.Seed, o => o.Seed, (o, v) => o with { Seed = v } },
    };
}
