using Microsoft.Extensions.Configuration;
using Rollcall.Core;

namespace Rollcall.Hosting.Configuration;

/// <summary>The options of the core as a configuration names them: the one place that pairs key and property.</summary>
public static class RegistryOptionKeys
{
    /// <summary>Every option, in the order of <see cref="RegistryOptions"/>.</summary>
    public static IReadOnlyList<OptionKey<RegistryOptions>> All { get; } =
    [
        Key(nameof(RegistryOptions.StripeCount), OptionKind.Whole, o => o.StripeCount, (o, v) => o with { StripeCount = v }),
        Key(nameof(RegistryOptions.WheelTick), OptionKind.Duration, o => o.WheelTick, (o, v) => o with { WheelTick = v }),
        Key(nameof(RegistryOptions.InstancesMax), OptionKind.Whole, o => o.InstancesMax, (o, v) => o with { InstancesMax = v }),
        Key(nameof(RegistryOptions.LeaseDurationDefault), OptionKind.Duration, o => o.LeaseDurationDefault, (o, v) => o with { LeaseDurationDefault = v }),
        Key(nameof(RegistryOptions.LeaseDurationMax), OptionKind.Duration, o => o.LeaseDurationMax, (o, v) => o with { LeaseDurationMax = v }),
        Key(nameof(RegistryOptions.RenewalIntervalDefault), OptionKind.Duration, o => o.RenewalIntervalDefault, (o, v) => o with { RenewalIntervalDefault = v }),
        Key(nameof(RegistryOptions.LeaseGrace), OptionKind.Duration, o => o.LeaseGrace, (o, v) => o with { LeaseGrace = v }),
        Key(nameof(RegistryOptions.StallGap), OptionKind.Duration, o => o.StallGap, (o, v) => o with { StallGap = v }),
        Key(nameof(RegistryOptions.GuardEnabled), OptionKind.Switch, o => o.GuardEnabled, (o, v) => o with { GuardEnabled = v }),
        Key(nameof(RegistryOptions.GuardWindow), OptionKind.Duration, o => o.GuardWindow, (o, v) => o with { GuardWindow = v }),
        Key(nameof(RegistryOptions.GuardPopulationMin), OptionKind.Whole, o => o.GuardPopulationMin, (o, v) => o with { GuardPopulationMin = v }),
        Key(nameof(RegistryOptions.GuardThreshold), OptionKind.Number, o => o.GuardThreshold, (o, v) => o with { GuardThreshold = v }),
        Key(nameof(RegistryOptions.GuardHoldMax), OptionKind.Duration, o => o.GuardHoldMax, (o, v) => o with { GuardHoldMax = v }),
        Key(nameof(RegistryOptions.ChangeRingCapacity), OptionKind.Whole, o => o.ChangeRingCapacity, (o, v) => o with { ChangeRingCapacity = v }),
        Key(nameof(RegistryOptions.DeltaRetention), OptionKind.Duration, o => o.DeltaRetention, (o, v) => o with { DeltaRetention = v }),
        Key(nameof(RegistryOptions.HistoryCapacity), OptionKind.Whole, o => o.HistoryCapacity, (o, v) => o with { HistoryCapacity = v }),
        Key(nameof(RegistryOptions.OverrideLinger), OptionKind.Duration, o => o.OverrideLinger, (o, v) => o with { OverrideLinger = v }),
        Key(nameof(RegistryOptions.ServiceBytesMax), OptionKind.Whole, o => o.ServiceBytesMax, (o, v) => o with { ServiceBytesMax = v }),
        Key(nameof(RegistryOptions.IdBytesMax), OptionKind.Whole, o => o.IdBytesMax, (o, v) => o with { IdBytesMax = v }),
        Key(nameof(RegistryOptions.HostBytesMax), OptionKind.Whole, o => o.HostBytesMax, (o, v) => o with { HostBytesMax = v }),
        Key(nameof(RegistryOptions.UrlBytesMax), OptionKind.Whole, o => o.UrlBytesMax, (o, v) => o with { UrlBytesMax = v }),
        Key(nameof(RegistryOptions.VipsBytesMax), OptionKind.Whole, o => o.VipsBytesMax, (o, v) => o with { VipsBytesMax = v }),
        Key(nameof(RegistryOptions.VipsMax), OptionKind.Whole, o => o.VipsMax, (o, v) => o with { VipsMax = v }),
        Key(nameof(RegistryOptions.MetadataPairsMax), OptionKind.Whole, o => o.MetadataPairsMax, (o, v) => o with { MetadataPairsMax = v }),
        Key(nameof(RegistryOptions.MetadataKeyBytesMax), OptionKind.Whole, o => o.MetadataKeyBytesMax, (o, v) => o with { MetadataKeyBytesMax = v }),
        Key(nameof(RegistryOptions.MetadataBytesMax), OptionKind.Whole, o => o.MetadataBytesMax, (o, v) => o with { MetadataBytesMax = v }),
        Key(nameof(RegistryOptions.NodeId), OptionKind.NodeId, o => o.NodeId, (o, v) => o with { NodeId = v }),
        Key(nameof(RegistryOptions.Seed), OptionKind.Seed, o => o.Seed, (o, v) => o with { Seed = v }),
    ];

    /// <summary>
    /// <paramref name="defaults"/> with whatever <paramref name="section"/> says. Unknown keys, unreadable values and values out of
    /// range all become <paramref name="problems"/>, each with its full key.
    /// </summary>
    public static RegistryOptions Bind(
        IConfiguration section,
        RegistryOptions defaults,
        ICollection<ConfigurationProblem> problems
    )
    {
        RegistryOptions options = OptionBinder.Bind(section, defaults, All, problems);
        string prefix = section is IConfigurationSection { Path: var path } ? path + ":" : "";
        foreach (OptionProblem problem in options.Validate())
        {
            problems.Add(new(prefix + problem.Name, problem.Value, $"must be {problem.Range}."));
        }

        return options;
    }

    private static OptionKey<RegistryOptions> Key<TValue>(
        string name,
        OptionKind<TValue> kind,
        Func<RegistryOptions, TValue> get,
        Func<RegistryOptions, TValue, RegistryOptions> with
    ) => OptionKey.Of(name, kind, get, with);
}
