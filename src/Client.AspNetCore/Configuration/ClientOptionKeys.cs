using Rollcall.Client.Choosing;
using Rollcall.Configuration;
using Rollcall.Core.Watching;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>The options of a client as a configuration names them: the one place that pairs key and property.</summary>
internal static class ClientOptionKeys
{
    private static readonly OptionKind<InstanceFilter> s_services = new(
        "names of services with commas between, or empty: all",
        """ "type": "string" """,
        text => (true, Names(text) is { Length: > 0 } names ? InstanceFilter.Services(names) : InstanceFilter.All),
        filter => string.Join(",", filter.Names)
    );

    /// <summary>Every option, in the order of <see cref="ClientOptions"/>.</summary>
    public static OptionKeySet<ClientOptions> Client { get; } = new(ClientOptions.Rules)
    {
        { OptionKind.Switch, o => o.Enabled, (o, v) => o with { Enabled = v } },
        { OptionKind.Switch, o => o.FailFast, (o, v) => o with { FailFast = v } },
        { OptionKind.Duration, o => o.StartLimit, (o, v) => o with { StartLimit = v } },
        { OptionKind.TextOrNone, o => o.Zone, (o, v) => o with { Zone = v } },
        { OptionKind.TextOrNone, o => o.Region, (o, v) => o with { Region = v } },
        { s_services, o => o.Follow, (o, v) => o with { Follow = v } },
        { OptionKind.OneOf<ChoicePolicy>(), o => o.Policy, (o, v) => o with { Policy = v } },
        { OptionKind.Whole, o => o.AsideAfterFailures, (o, v) => o with { AsideAfterFailures = v } },
        { OptionKind.Duration, o => o.AsideFirst, (o, v) => o with { AsideFirst = v } },
        { OptionKind.Duration, o => o.AsideMax, (o, v) => o with { AsideMax = v } },
        { OptionKind.Number, o => o.AsideShareMax, (o, v) => o with { AsideShareMax = v } },
        { OptionKind.Duration, o => o.HoldVanished, (o, v) => o with { HoldVanished = v } },
        { OptionKind.Number, o => o.HoldShareMin, (o, v) => o with { HoldShareMin = v } },
        { OptionKind.TextOrNone, o => o.CatalogueFile, (o, v) => o with { CatalogueFile = v } },
        { OptionKind.Duration, o => o.CatalogueFileInterval, (o, v) => o with { CatalogueFileInterval = v } },
        { OptionKind.Duration, o => o.CatalogueFileAgeMax, (o, v) => o with { CatalogueFileAgeMax = v } },
        { OptionKind.Whole, o => o.TriesPerCall, (o, v) => o with { TriesPerCall = v } },
        { OptionKind.Duration, o => o.TryLimit, (o, v) => o with { TryLimit = v } },
        { OptionKind.Duration, o => o.Quarantine, (o, v) => o with { Quarantine = v } },
        { OptionKind.Duration, o => o.SessionLength, (o, v) => o with { SessionLength = v } },
        { OptionKind.Whole, o => o.ChangeBurst, (o, v) => o with { ChangeBurst = v } },
        { OptionKind.Duration, o => o.ChangeInterval, (o, v) => o with { ChangeInterval = v } },
        { OptionKind.Duration, o => o.RetryFirst, (o, v) => o with { RetryFirst = v } },
        { OptionKind.Duration, o => o.RetryMax, (o, v) => o with { RetryMax = v } },
        { OptionKind.Duration, o => o.DrainLimit, (o, v) => o with { DrainLimit = v } },
        { OptionKind.Duration, o => o.DrainMin, (o, v) => o with { DrainMin = v } },
        { OptionKind.Duration, o => o.CancelLimit, (o, v) => o with { CancelLimit = v } },
        { OptionKind.Seed, o => o.Seed, (o, v) => o with { Seed = v } },
    };

    /// <summary>Every option, in the order of <see cref="SelfOptions"/>.</summary>
    public static OptionKeySet<SelfOptions> Self { get; } = new(SelfOptions.Rules)
    {
        { OptionKind.Text, o => o.Service, (o, v) => o with { Service = v } },
        { OptionKind.TextOrNone, o => o.Id, (o, v) => o with { Id = v } },
        { OptionKind.TextOrNone, o => o.HostName, (o, v) => o with { HostName = v } },
        { OptionKind.TextOrNone, o => o.Address, (o, v) => o with { Address = v } },
        { OptionKind.OrNone(OptionKind.Whole), o => o.Port, (o, v) => o with { Port = v } },
        { OptionKind.OrNone(OptionKind.Whole), o => o.SecurePort, (o, v) => o with { SecurePort = v } },
        { OptionKind.TextOrNone, o => o.Vips, (o, v) => o with { Vips = v } },
        { OptionKind.TextOrNone, o => o.SecureVips, (o, v) => o with { SecureVips = v } },
        { OptionKind.Whole, o => o.Weight, (o, v) => o with { Weight = v } },
        { OptionKind.OrNone(OptionKind.Duration), o => o.LeaseDuration, (o, v) => o with { LeaseDuration = v } },
        { OptionKind.OrNone(OptionKind.Duration), o => o.RenewalInterval, (o, v) => o with { RenewalInterval = v } },
        { OptionKind.TextOrNone, o => o.HomePageUrl, (o, v) => o with { HomePageUrl = v } },
        { OptionKind.TextOrNone, o => o.StatusPageUrl, (o, v) => o with { StatusPageUrl = v } },
        { OptionKind.TextOrNone, o => o.HealthCheckUrl, (o, v) => o with { HealthCheckUrl = v } },
        { OptionKind.Duration, o => o.HealthInterval, (o, v) => o with { HealthInterval = v } },
    };

    /// <summary>The parts of a list with commas between.</summary>
    public static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
