using System.Globalization;
using Rollcall.Configuration;
using Rollcall.Core.Watching;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>One key of Steeltoe's or Spring's, and what it is here.</summary>
/// <param name="Name">Below <c>eureka</c>, in lower case without dashes; its last part may be <c>*</c>, for any.</param>
/// <param name="Becomes">The key here, for people; null: it means nothing here, and why is in <paramref name="Remark"/>.</param>
/// <param name="Remark">Why it is ignored, or what its value must be.</param>
/// <param name="Take">Takes a value into settings; its second argument is what stood for <c>*</c>. False if the value cannot be read.</param>
internal sealed record EurekaKey(string Name, string? Becomes, string Remark, Func<RollcallClientSettings, string, string, bool> Take)
{
    private static readonly OptionKind<TimeSpan> s_seconds = new(
        "a whole number of seconds",
        """ "type": "integer" """,
        text => (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value), TimeSpan.FromSeconds(value)),
        value => value.TotalSeconds.ToString(CultureInfo.InvariantCulture)
    );

    /// <summary>All that are known: where both projects have one of a meaning, under both names.</summary>
    public static IReadOnlyList<EurekaKey> All { get; } =
    [
        OfClient("client:enabled", "Enabled", OptionKind.Switch, (o, v) => o with { Enabled = v }),
        OfClient("client:region", "Region", OptionKind.TextOrNone, (o, v) => o with { Region = v }),
        OfClient("client:eurekaserverconnecttimeoutseconds", "TryLimit", s_seconds, (o, v) => o with { TryLimit = v }),
        OfClient("client:eurekaserver:connecttimeoutseconds", "TryLimit", s_seconds, (o, v) => o with { TryLimit = v }),
        OfClient("client:eurekaserver:retrycount", "TriesPerCall", OptionKind.Whole, (o, v) => o with { TriesPerCall = v }),
        OfClient(
            "client:registryrefreshsinglevipaddress",
            "Follow",
            OptionKind.Text,
            (o, v) => o with { Follow = v.Length == 0 ? InstanceFilter.All : InstanceFilter.Vips(false, v) }
        ),
        new("client:availabilityzones:*", "Zone", "zones with commas between", TakeZones),
        new("client:serviceurl", "Servers", EurekaUrl.Remark, EurekaUrl.Take),
        new("client:serviceurl:*", "Servers", EurekaUrl.Remark, EurekaUrl.Take),
        new("client:eurekaserverserviceurls", "Servers", EurekaUrl.Remark, EurekaUrl.Take),
        new("client:shouldregisterwitheureka", "Self", OptionKind.Switch.Name, TakeRegister),
        new("client:registerwitheureka", "Self", OptionKind.Switch.Name, TakeRegister),
        OfSelf("instance:appname", "Service", OptionKind.Text, (o, v) => o with { Service = v }),
        OfSelf("instance:instanceid", "Id", OptionKind.TextOrNone, (o, v) => o with { Id = v }),
        OfSelf("instance:hostname", "HostName", OptionKind.TextOrNone, (o, v) => o with { HostName = v }),
        OfSelf("instance:ipaddress", "Address", OptionKind.TextOrNone, (o, v) => o with { Address = v }),
        OfSelf("instance:port", "Port", OptionKind.OrNone(OptionKind.Whole), (o, v) => o with { Port = v }),
        OfSelf("instance:nonsecureport", "Port", OptionKind.OrNone(OptionKind.Whole), (o, v) => o with { Port = v }),
        OfSelf("instance:secureport", "SecurePort", OptionKind.OrNone(OptionKind.Whole), (o, v) => o with { SecurePort = v }),
        OfSelf("instance:vipaddress", "Vips", OptionKind.TextOrNone, (o, v) => o with { Vips = v }),
        OfSelf("instance:virtualhostname", "Vips", OptionKind.TextOrNone, (o, v) => o with { Vips = v }),
        OfSelf("instance:securevipaddress", "SecureVips", OptionKind.TextOrNone, (o, v) => o with { SecureVips = v }),
        OfSelf("instance:securevirtualhostname", "SecureVips", OptionKind.TextOrNone, (o, v) => o with { SecureVips = v }),
        OfSelf("instance:leaserenewalintervalinseconds", "RenewalInterval", s_seconds, (o, v) => o with { RenewalInterval = v }),
        OfSelf("instance:leaseexpirationdurationinseconds", "LeaseDuration", s_seconds, (o, v) => o with { LeaseDuration = v }),
        OfSelf("instance:homepageurl", "HomePageUrl", OptionKind.TextOrNone, (o, v) => o with { HomePageUrl = v }),
        OfSelf("instance:statuspageurl", "StatusPageUrl", OptionKind.TextOrNone, (o, v) => o with { StatusPageUrl = v }),
        OfSelf("instance:healthcheckurl", "HealthCheckUrl", OptionKind.TextOrNone, (o, v) => o with { HealthCheckUrl = v }),
        new("instance:metadatamap:*", "Self:Metadata", "text", TakeMetadata),
        .. Ignored(
            "changes are pushed",
            "client:registryfetchintervalseconds",
            "client:cacherefreshexecutorexponentialbackoffbound",
            "client:disabledelta",
            "client:shoulddisabledelta"
        ),
        .. Ignored("changes of the own record go out at once", "client:instanceinforeplicationintervalseconds"),
        .. Ignored("the catalogue is always kept", "client:shouldfetchregistry", "client:fetchregistry"),
        .. Ignored("the own zone always comes first", "client:prefersamezoneeureka"),
        .. Ignored("instances that are not up are never chosen", "client:shouldfilteronlyupinstances", "client:filteronlyupinstances"),
        .. Ignored("certificates are always checked", "client:validatecertificates"),
        .. Ignored("AddHealthCheck() adds it, and the application's checks always count", "client:health:*", "client:healthcheck:*"),
        .. Ignored("the address is the default, and no name is looked up", "instance:preferipaddress", "instance:usenetutils"),
        .. Ignored("an enabled port is one that is bound, or set", "instance:nonsecureportenabled", "instance:secureportenabled"),
        .. Ignored("STARTING comes first, UP when it is healthy", "instance:instanceenabledoninit", "instance:initialstatus"),
        .. Ignored("a full URL is wanted", "instance:statuspageurlpath", "instance:homepageurlpath", "instance:healthcheckurlpath"),
    ];

    /// <summary>The key of a name; null: none is known.</summary>
    /// <param name="path">Below <c>eureka</c>, as it was written.</param>
    /// <param name="rest">What stands for <c>*</c>, as it was written.</param>
    public static EurekaKey? Find(string path, out string rest)
    {
        int last = path.LastIndexOf(':') + 1;
        string name = Normal(path);
        string wild = Normal(path[..last]) + "*";
        rest = path[last..];
        return All.FirstOrDefault(key => key.Name == name) ?? All.FirstOrDefault(key => key.Name == wild);
    }

    private static string Normal(string path) => path.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static EurekaKey OfClient<TValue>(string name, string becomes, OptionKind<TValue> kind, Func<ClientOptions, TValue, ClientOptions> with) =>
        new(name, becomes, kind.Name, (settings, text, _) => Set(kind, text, value => settings.Client = with(settings.Client, value)));

    private static EurekaKey OfSelf<TValue>(string name, string becomes, OptionKind<TValue> kind, Func<SelfOptions, TValue, SelfOptions> with) =>
        new(
            name,
            "Self:" + becomes,
            kind.Name,
            (settings, text, _) => Set(kind, text, value => settings.Self = with(settings.Self ?? new() { Service = "" }, value))
        );

    private static IEnumerable<EurekaKey> Ignored(string why, params string[] names) =>
        names.Select(name => new EurekaKey(name, null, why, (_, _, _) => true));

    private static bool Set<TValue>(OptionKind<TValue> kind, string text, Action<TValue> set)
    {
        (bool good, TValue value) = kind.Read(text);
        if (good)
        {
            set(value);
        }

        return good;
    }

    // By region, the nearest zone first. Metadata, where Spring's users say the instance's own zone, counts more.
    private static bool TakeZones(RollcallClientSettings settings, string text, string region)
    {
        settings.Client = settings.Client with { Zone = settings.Client.Zone ?? ClientOptionKeys.Names(text).FirstOrDefault() };
        return true;
    }

    private static bool TakeMetadata(RollcallClientSettings settings, string text, string key)
    {
        SelfOptions self = settings.Self ?? new() { Service = "" };
        settings.Self = self with { Metadata = [.. self.Metadata, KeyValuePair.Create(key, text)] };
        if (key.Equals("zone", StringComparison.OrdinalIgnoreCase))
        {
            settings.Client = settings.Client with { Zone = text };
        }

        return true;
    }

    private static bool TakeRegister(RollcallClientSettings settings, string text, string rest) =>
        Set(OptionKind.Switch, text, value => settings.IsImportRegistered = value);
}
