using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.Calls;

/// <summary>The body in which one kind of client registers, and what of an instance such a client does not tell.</summary>
/// <remarks>
/// <para>Source: Netflix <c>EurekaJacksonCodec</c> and <c>Converters</c>; the recorded body of Spring's RestClient; Steeltoe
/// <c>InstanceInfo.ToJson</c>; eureka-js-client's README; py-eureka-client <c>register</c>; fargo <c>MarshalJSON</c>.</para>
/// </remarks>
/// <param name="Client">For test names.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Write">The body that tells an instance.</param>
/// <param name="Tells">What such a client tells of an instance, with the protocol's defaults for the rest.</param>
internal sealed record RegistrationShape(
    string Client,
    string ContentType,
    Func<ClientInstance, string> Write,
    Func<ClientInstance, ClientInstance> Tells)
{
    private const string Json = "application/json";
    private const string EmptyMap = "java.util.Collections$EmptyMap";
    private const string OwnDataCenter = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";
    private const string AmazonDataCenter = "com.netflix.appinfo.AmazonInfo";

    /// <summary>Jersey, in JSON.</summary>
    public static RegistrationShape Java { get; } = new("Java", Json, i => Wrap(JavaJson(i)), i => i);

    /// <summary>Jersey with the XML codec.</summary>
    public static RegistrationShape JavaXml { get; } =
        new("Java in XML", "application/xml", i => JavaElement(i).ToString(SaveOptions.DisableFormatting), i => i);

    /// <summary>RestClient: explicit nulls, bare numbers and booleans.</summary>
    public static RegistrationShape Spring { get; } = new("Spring", Json, i => Wrap(SpringJson(i)), i => i);

    /// <summary>
    /// Nulls left out, the override in lower case, of a data centre its name alone; the server adds Amazon's id, as Java does.
    /// </summary>
    public static RegistrationShape Steeltoe { get; } = new("Steeltoe", Json, i => Wrap(SteeltoeJson(i)), SteeltoeTells);

    /// <summary>The user's object and a status: a plain port, no class, no lease, no stamp.</summary>
    public static RegistrationShape Node { get; } = new("Node", Json, i => Wrap(NodeJson(i)), NodeTells);

    /// <summary>py-eureka-client: empty texts for what is not set, an empty override.</summary>
    public static RegistrationShape Python { get; } =
        new("Python", Json, i => Wrap(PythonJson(i)), i => i with { Group = "", Sid = "", Asg = "" });

    /// <summary>fargo: ports and flags in quotes, an empty override.</summary>
    public static RegistrationShape Fargo { get; } = new("Fargo", Json, i => Wrap(FargoJson(i)), FargoTells);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RegistrationShape> All { get; } = [Java, JavaXml, Spring, Steeltoe, Node, Python, Fargo];

    private static string Wrap(JsonObject instance) => new JsonObject { ["instance"] = instance }.ToJsonString();

    private static JsonObject JavaJson(ClientInstance i) => WithoutNulls(new JsonObject
    {
        ["instanceId"] = i.Id,
        ["hostName"] = i.Host,
        ["app"] = i.App,
        ["ipAddr"] = i.Ip,
        ["sid"] = i.Sid,
        ["status"] = i.Status,
        ["overriddenStatus"] = "UNKNOWN",
        ["port"] = Port(i.Port, Text(i.PortEnabled)),
        ["securePort"] = Port(i.SecurePort, Text(i.SecurePortEnabled)),
        ["countryId"] = i.Country,
        ["dataCenterInfo"] = DataCenter(i),
        ["leaseInfo"] = Lease(i),
        ["metadata"] = Metadata(i),
        ["appGroupName"] = i.Group,
        ["homePageUrl"] = i.HomePageUrl,
        ["statusPageUrl"] = i.StatusPageUrl,
        ["healthCheckUrl"] = i.HealthCheckUrl,
        ["secureHealthCheckUrl"] = i.SecureHealthCheckUrl,
        ["vipAddress"] = i.Vip,
        ["secureVipAddress"] = i.SecureVip,
        ["isCoordinatingDiscoveryServer"] = "false",
        ["lastUpdatedTimestamp"] = Text(i.LastUpdatedMs ?? i.LastDirtyMs),
        ["lastDirtyTimestamp"] = Text(i.LastDirtyMs),
        ["actionType"] = "ADDED",
        ["asgName"] = i.Asg,
    });

    private static JsonObject SpringJson(ClientInstance i) => new()
    {
        ["instanceId"] = i.Id,
        ["app"] = i.App,
        ["appGroupName"] = i.Group,
        ["ipAddr"] = i.Ip,
        ["sid"] = i.Sid ?? "na",
        ["homePageUrl"] = i.HomePageUrl,
        ["statusPageUrl"] = i.StatusPageUrl,
        ["healthCheckUrl"] = i.HealthCheckUrl,
        ["secureHealthCheckUrl"] = i.SecureHealthCheckUrl,
        ["vipAddress"] = i.Vip,
        ["secureVipAddress"] = i.SecureVip,
        ["countryId"] = i.Country,
        ["dataCenterInfo"] = DataCenter(i),
        ["hostName"] = i.Host,
        ["status"] = i.Status,
        ["overriddenStatus"] = "UNKNOWN",
        ["leaseInfo"] = Lease(i),
        ["isCoordinatingDiscoveryServer"] = false,
        ["lastUpdatedTimestamp"] = i.LastDirtyMs,
        ["lastDirtyTimestamp"] = i.LastDirtyMs,
        ["actionType"] = null,
        ["asgName"] = i.Asg,
        ["port"] = Port(i.Port, Text(i.PortEnabled)),
        ["securePort"] = Port(i.SecurePort, Text(i.SecurePortEnabled)),
        ["metadata"] = Metadata(i),
    };

    private static JsonObject SteeltoeJson(ClientInstance i)
    {
        JsonObject json = JavaJson(i);
        json.Remove("overriddenStatus");
        json.Remove("actionType");
        json["overriddenstatus"] = "UNKNOWN";
        json["dataCenterInfo"] = new JsonObject { ["@class"] = OwnDataCenter, ["name"] = i.DataCenter };
        json["leaseInfo"] = new JsonObject
        {
            ["renewalIntervalInSecs"] = i.Lease!.RenewalSeconds,
            ["durationInSecs"] = i.Lease.DurationSeconds,
        };
        return json;
    }

    private static ClientInstance SteeltoeTells(ClientInstance i) => i.DataCenterMetadata is null
        ? i
        : i with { DataCenterMetadata = new Dictionary<string, string?> { ["instance-id"] = i.Id } };

    private static JsonObject NodeJson(ClientInstance i) => WithoutNulls(new JsonObject
    {
        ["app"] = i.App,
        ["instanceId"] = i.Id,
        ["hostName"] = i.Host,
        ["ipAddr"] = i.Ip,
        ["port"] = i.Port,
        ["vipAddress"] = i.Vip,
        ["dataCenterInfo"] = new JsonObject { ["name"] = "MyOwn" },
        ["metadata"] = i.Metadata is { Count: > 0 } ? Metadata(i) : null,
        ["status"] = "UP",
    });

    private static ClientInstance NodeTells(ClientInstance i) => new()
    {
        App = i.App,
        Id = i.Id,
        Host = i.Host,
        Ip = i.Ip,
        Port = i.Port,
        PortEnabled = true,
        SecurePort = 7002,
        SecurePortEnabled = false,
        Vip = i.Vip,
        Country = 1,
        DataCenter = "MyOwn",
        Metadata = i.Metadata,
        Lease = new ClientLease(30, 90, 0, 0, 0, 0),
        Status = "UP",
    };

    private static JsonObject PythonJson(ClientInstance i)
    {
        JsonObject json = JavaJson(i);
        foreach (string member in (string[])["sid", "overriddenStatus", "appGroupName", "actionType", "asgName"])
        {
            json.Remove(member);
        }

        json["overriddenstatus"] = "";
        json["secureHealthCheckUrl"] = i.SecureHealthCheckUrl ?? "";
        json["metadata"] = Pairs(i.Metadata);
        return json;
    }

    private static JsonObject FargoJson(ClientInstance i) => new()
    {
        ["instanceId"] = i.Id,
        ["hostName"] = i.Host,
        ["app"] = i.App,
        ["ipAddr"] = i.Ip,
        ["vipAddress"] = i.Vip ?? "",
        ["secureVipAddress"] = i.SecureVip ?? "",
        ["status"] = i.Status,
        ["overriddenstatus"] = "",
        ["homePageUrl"] = i.HomePageUrl ?? "",
        ["statusPageUrl"] = i.StatusPageUrl ?? "",
        ["healthCheckUrl"] = i.HealthCheckUrl ?? "",
        ["countryId"] = i.Country,
        ["dataCenterInfo"] = new JsonObject { ["name"] = "MyOwn", ["@class"] = "com.netflix.appinfo.MyDataCenterInfo" },
        ["leaseInfo"] = Lease(i),
        ["metadata"] = Pairs(i.Metadata),
        ["port"] = new JsonObject { ["$"] = Text(i.Port), ["@enabled"] = Text(i.PortEnabled) },
        ["securePort"] = new JsonObject { ["$"] = Text(i.SecurePort), ["@enabled"] = Text(i.SecurePortEnabled) },
    };

    private static ClientInstance FargoTells(ClientInstance i) => i with
    {
        Group = null,
        Sid = null,
        Asg = null,
        SecureHealthCheckUrl = null,
        LastDirtyMs = null,
        DataCenter = "MyOwn",
        DataCenterMetadata = null,
    };

    private static XElement JavaElement(ClientInstance i) => new(
        "instance",
        Element("instanceId", i.Id),
        Element("hostName", i.Host),
        Element("app", i.App),
        Element("ipAddr", i.Ip),
        Element("sid", i.Sid),
        Element("status", i.Status),
        Element("overriddenstatus", "UNKNOWN"),
        new XElement("port", new XAttribute("enabled", Text(i.PortEnabled)!), Text(i.Port)),
        new XElement("securePort", new XAttribute("enabled", Text(i.SecurePortEnabled)!), Text(i.SecurePort)),
        Element("countryId", Text(i.Country)),
        new XElement(
            "dataCenterInfo",
            new XAttribute("class", i.DataCenter == "Amazon" ? AmazonDataCenter : OwnDataCenter),
            Element("name", i.DataCenter),
            i.DataCenterMetadata is null ? null : MapElement(i.DataCenterMetadata)),
        new XElement(
            "leaseInfo",
            Element("renewalIntervalInSecs", Text(i.Lease!.RenewalSeconds)),
            Element("durationInSecs", Text(i.Lease.DurationSeconds)),
            Element("registrationTimestamp", "0")),
        MapElement(i.Metadata),
        Element("appGroupName", i.Group),
        Element("homePageUrl", i.HomePageUrl),
        Element("statusPageUrl", i.StatusPageUrl),
        Element("healthCheckUrl", i.HealthCheckUrl),
        Element("secureHealthCheckUrl", i.SecureHealthCheckUrl),
        Element("vipAddress", i.Vip),
        Element("secureVipAddress", i.SecureVip),
        Element("isCoordinatingDiscoveryServer", "false"),
        Element("lastUpdatedTimestamp", Text(i.LastDirtyMs)),
        Element("lastDirtyTimestamp", Text(i.LastDirtyMs)),
        Element("actionType", "ADDED"),
        Element("asgName", i.Asg));

    private static XElement? Element(string name, string? text) => text is null ? null : new XElement(name, text);

    private static XElement MapElement(IReadOnlyDictionary<string, string?>? map) => map is { Count: > 0 }
        ? new XElement("metadata", map.Select(p => new XElement(XStreamNames.EncodeWithoutPrefix(p.Key), p.Value)))
        : new XElement("metadata", new XAttribute("class", EmptyMap));

    private static JsonObject Port(int? number, string? enabled) => new() { ["$"] = number, ["@enabled"] = enabled };

    private static JsonObject DataCenter(ClientInstance i) => WithoutNulls(new JsonObject
    {
        ["@class"] = i.DataCenter == "Amazon" ? AmazonDataCenter : OwnDataCenter,
        ["name"] = i.DataCenter,
        ["metadata"] = i.DataCenterMetadata is null ? null : Pairs(i.DataCenterMetadata),
    });

    private static JsonObject Lease(ClientInstance i) => new()
    {
        ["renewalIntervalInSecs"] = i.Lease!.RenewalSeconds,
        ["durationInSecs"] = i.Lease.DurationSeconds,
        ["registrationTimestamp"] = 0,
        ["lastRenewalTimestamp"] = 0,
        ["evictionTimestamp"] = 0,
        ["serviceUpTimestamp"] = 0,
    };

    private static JsonObject Metadata(ClientInstance i) =>
        i.Metadata is { Count: > 0 } ? Pairs(i.Metadata) : new JsonObject { ["@class"] = EmptyMap };

    private static JsonObject Pairs(IReadOnlyDictionary<string, string?>? map) =>
        new((map ?? new Dictionary<string, string?>()).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));

    private static JsonObject WithoutNulls(JsonObject json)
    {
        foreach (string name in json.Where(p => p.Value is null).Select(p => p.Key).ToArray())
        {
            json.Remove(name);
        }

        return json;
    }

    private static string? Text(bool? value) => value is null ? null : value.Value ? "true" : "false";

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
