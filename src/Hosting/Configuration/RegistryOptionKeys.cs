using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Rollcall.Core;

namespace Rollcall.Hosting.Configuration;

/// <summary>The options of the core as a configuration names them: the one place that pairs key and property.</summary>
public static class RegistryOptionKeys
{
    /// <summary>Every option, in the order of <see cref="RegistryOptions"/>.</summary>
    public static IReadOnlyList<OptionKey<RegistryOptions>> All { get; } =
    [
        Key(OptionKind.Whole, o => o.StripeCount, (o, v) => o with { StripeCount = v }),
        Key(OptionKind.Duration, o => o.WheelTick, (o, v) => o with { WheelTick = v }),
        Key(OptionKind.Whole, o => o.InstancesMax, (o, v) => o with { InstancesMax = v }),
        Key(OptionKind.Duration, o => o.LeaseDurationDefault, (o, v) => o with { LeaseDurationDefault = v }),
        Key(OptionKind.Duration, o => o.LeaseDurationMax, (o, v) => o with { LeaseDurationMax = v }),
        Key(OptionKind.Duration, o => o.RenewalIntervalDefault, (o, v) => o with { RenewalIntervalDefault = v }),
        Key(OptionKind.Duration, o => o.LeaseGrace, (o, v) => o with { LeaseGrace = v }),
        Key(OptionKind.Duration, o => o.StallGap, (o, v) => o with { StallGap = v }),
        Key(OptionKind.Switch, o => o.GuardEnabled, (o, v) => o with { GuardEnabled = v }),
        Key(OptionKind.Duration, o => o.GuardWindow, (o, v) => o with { GuardWindow = v }),
        Key(OptionKind.Whole, o => o.GuardPopulationMin, (o, v) => o with { GuardPopulationMin = v }),
        Key(OptionKind.Number, o => o.GuardThreshold, (o, v) => o with { GuardThreshold = v }),
        Key(OptionKind.Duration, o => o.GuardHoldMax, (o, v) => o with { GuardHoldMax = v }),
        Key(OptionKind.Whole, o => o.ChangeRingCapacity, (o, v) => o with { ChangeRingCapacity = v }),
        Key(OptionKind.Duration, o => o.DeltaRetention, (o, v) => o with { DeltaRetention = v }),
        Key(OptionKind.Whole, o => o.HistoryCapacity, (o, v) => o with { HistoryCapacity = v }),
        Key(OptionKind.Duration, o => o.OverrideLinger, (o, v) => o with { OverrideLinger = v }),
        Key(OptionKind.Whole, o => o.ServiceBytesMax, (o, v) => o with { ServiceBytesMax = v }),
        Key(OptionKind.Whole, o => o.IdBytesMax, (o, v) => o with { IdBytesMax = v }),
        Key(OptionKind.Whole, o => o.HostBytesMax, (o, v) => o with { HostBytesMax = v }),
        Key(OptionKind.Whole, o => o.UrlBytesMax, (o, v) => o with { UrlBytesMax = v }),
        Key(OptionKind.Whole, o => o.VipsBytesMax, (o, v) => o with { VipsBytesMax = v }),
        Key(OptionKind.Whole, o => o.VipsMax, (o, v) => o with { VipsMax = v }),
        Key(OptionKind.Whole, o => o.MetadataPairsMax, (o, v) => o with { MetadataPairsMax = v }),
        Key(OptionKind.Whole, o => o.MetadataKeyBytesMax, (o, v) => o with { MetadataKeyBytesMax = v }),
        Key(OptionKind.Whole, o => o.MetadataBytesMax, (o, v) => o with { MetadataBytesMax = v }),
        Key(OptionKind.NodeId, o => o.NodeId, (o, v) => o with { NodeId = v }),
        Key(OptionKind.Seed, o => o.Seed, (o, v) => o with { Seed = v }),
    ];

    /// <summary>
    /// <paramref name="defaults"/> with whatever <paramref name="section"/> says. Unknown keys, unreadable values and values out
    /// of range all become <paramref name="problems"/>, each with its full key.
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

    /// <summary>A key named like the property that <paramref name="get"/> reads.</summary>
    private static OptionKey<RegistryOptions> Key<TValue>(
        OptionKind<TValue> kind,
        Func<RegistryOptions, TValue> get,
        Func<RegistryOptions, TValue, RegistryOptions> with,
        [CallerArgumentExpression(nameof(get))] string read = ""
    )
    {
        string name = read[(read.LastIndexOf('.') + 1)..];
        return OptionKey.Of(name, kind, RegistryOptions.Rules.FirstOrDefault(rule => rule.Name == name)?.Range, get, with);
    }
}
