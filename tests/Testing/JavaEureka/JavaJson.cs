using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>Netflix's LegacyJacksonJson, as far as it goes: what it writes, and what it takes.</summary>
/// <remarks>
/// Written from the protocol's description alone; shares nothing with Rollcall's codecs. Where Java would take something for another thing
/// than was meant, it is refused here: whoever sends it is wrong.
/// </remarks>
internal static class JavaJson
{
    private const string DefaultDataCenter = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";
    private const string AmazonDataCenter = "com.netflix.appinfo.AmazonInfo";
    private const string EmptyMap = "java.util.Collections$EmptyMap";

    private static readonly string[] s_lease =
    [
        "renewalIntervalInSecs", "durationInSecs", "registrationTimestamp", "lastRenewalTimestamp", "evictionTimestamp", "serviceUpTimestamp",
    ];

    /// <summary>The instance, as part of a document.</summary>
    public static JsonObject Write(JavaInstance from, JavaLease lease)
    {
        var json = new JsonObject
        {
            ["instanceId"] = from.Id,
            ["hostName"] = from.Texts["hostName"],
            ["app"] = from.App,
            ["ipAddr"] = from.Texts["ipAddr"],
            ["status"] = from.Status,
            ["overriddenStatus"] = from.Overridden,
            ["port"] = Port(from.Port),
            ["securePort"] = Port(from.SecurePort),
            ["countryId"] = from.Country,
            ["dataCenterInfo"] = DataCenter(from),
            ["leaseInfo"] = new JsonObject
            {
                ["renewalIntervalInSecs"] = from.RenewalInterval,
                ["durationInSecs"] = from.Duration,
                ["registrationTimestamp"] = lease.Registered,
                ["lastRenewalTimestamp"] = lease.LastUpdate,
                ["evictionTimestamp"] = lease.Evicted,
                ["serviceUpTimestamp"] = lease.ServiceUp,
            },
            ["metadata"] = from.Metadata.Count == 0 ? new JsonObject { ["@class"] = EmptyMap } : Map(from.Metadata),
        };
        foreach (string member in JavaInstance.TextMembers.Except(["instanceId", "hostName", "app", "ipAddr"]))
        {
            if (from.Texts.TryGetValue(member, out string? text))
            {
                json[member] = text;
            }
        }

        json["isCoordinatingDiscoveryServer"] = "false";
        json["lastUpdatedTimestamp"] = from.LastUpdated.ToString(CultureInfo.InvariantCulture);
        json["lastDirtyTimestamp"] = from.LastDirty.ToString(CultureInfo.InvariantCulture);
        if (from.Action is { } action)
        {
            json["actionType"] = action;
        }

        return json;
    }

    /// <summary>The body of a registration: <c>{"instance":{..}}</c> and nothing else.</summary>
    /// <exception cref="JavaRefusal">Java answers 400, or misunderstands.</exception>
    public static JavaInstance ReadRegistration(byte[] body, long now)
    {
        JsonObject root = Parse(body);
        return root.Count == 1 && root["instance"] is JsonObject instance
            ? ReadInstance(instance, now)
            : throw new JavaRefusal($"the root must be 'instance' alone, not {string.Join(", ", root.Select(member => member.Key))}");
    }

    /// <summary>A JSON object from a body.</summary>
    /// <exception cref="JavaRefusal">It is none.</exception>
    public static JsonObject Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? throw new JavaRefusal("the body is no JSON object");
        }
        catch (JsonException e)
        {
            throw new JavaRefusal($"the body is no JSON: {e.Message}");
        }
    }

    /// <summary>An instance without a root.</summary>
    /// <exception cref="JavaRefusal">Java answers 400, or misunderstands.</exception>
    public static JavaInstance ReadInstance(JsonObject json, long now)
    {
        var read = new JavaInstance { LastDirty = now };
        foreach ((string name, JsonNode? value) in json)
        {
            ReadMember(read, name, value);
        }

        if (json["dataCenterInfo"] is null)
        {
            throw new JavaRefusal("Missing dataCenterInfo");
        }

        foreach ((string member, string words) in new[] { ("hostName", "hostname"), ("ipAddr", "ip address"), ("app", "appName") })
        {
            if (string.IsNullOrEmpty(read.Texts.GetValueOrDefault(member)))
            {
                throw new JavaRefusal($"Missing {words}");
            }
        }

        return read;
    }

    /// <summary>A whole number, as a number or as text.</summary>
    public static long Number(string name, JsonNode? value) =>
        long.TryParse(value?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new JavaRefusal($"{name} {value?.ToJsonString()} is no number: Java takes it for 0");

    /// <summary>A status by its exact name.</summary>
    public static string Status(string name, JsonNode? value) =>
        value is JsonValue && JavaInstance.Statuses.Contains(value.ToString())
            ? value.ToString()
            : throw new JavaRefusal($"{name} {value?.ToJsonString()} is no status: Java takes it for UNKNOWN");

    private static void ReadMember(JavaInstance read, string name, JsonNode? value)
    {
        switch (name)
        {
            case var text when JavaInstance.TextMembers.Contains(text):
                if (value is not null)
                {
                    read.Texts[name] = value is JsonValue ? value.ToString() : throw new JavaRefusal($"{name} is no single value");
                }

                break;
            case "status":
                read.Status = Status(name, value);
                break;
            case "overriddenStatus" or "overriddenstatus":
                read.Overridden = Status(name, value);
                break;
            case "port":
                read.Port = ReadPort(name, value, read.Port.Number, true);
                break;
            case "securePort":
                read.SecurePort = ReadPort(name, value, read.SecurePort.Number, false);
                break;
            case "countryId":
                read.Country = (int)Number(name, value);
                break;
            case "dataCenterInfo":
                ReadDataCenter(read, value);
                break;
            case "leaseInfo":
                ReadLease(read, value);
                break;
            case "metadata":
                read.Metadata = ReadMap(name, value);
                break;
            case "lastDirtyTimestamp":
                read.LastDirty = Number(name, value);
                break;
            case "lastUpdatedTimestamp":
                Number(name, value);
                break;
            case "isCoordinatingDiscoveryServer" when value?.ToString() is "true" or "false":
            case "actionType" when value is null || value.ToString() is "ADDED" or "MODIFIED" or "DELETED":
                break;
            default:
                throw new JavaRefusal($"{name} {value?.ToJsonString()} is no member of an instance, or not with that value");
        }
    }

    private static (int, bool) ReadPort(string name, JsonNode? value, int number, bool enabled)
    {
        JsonObject port = value as JsonObject ?? throw new JavaRefusal($"{name} must be an object with $ and @enabled");
        foreach ((string member, JsonNode? inner) in port)
        {
            switch (member)
            {
                case "$":
                    number = (int)Number(name, inner);
                    break;
                case "@enabled" when inner?.ToString() is "true" or "false":
                    enabled = inner.ToString() == "true";
                    break;
                default:
                    throw new JavaRefusal($"{name} may not hold {member} {inner?.ToJsonString()}");
            }
        }

        return (number, enabled);
    }

    private static void ReadDataCenter(JavaInstance read, JsonNode? value)
    {
        JsonObject center = value as JsonObject ?? throw new JavaRefusal("dataCenterInfo must be an object");
        string? type = center["@class"]?.ToString();
        read.DataCenter = center["name"]?.ToString() ?? throw new JavaRefusal("Missing dataCenterInfo Name");
        bool amazon = read.DataCenter == "Amazon";
        bool fits = amazon ? type == AmazonDataCenter : type is DefaultDataCenter or "com.netflix.appinfo.MyDataCenterInfo";
        if (!fits || (!amazon && read.DataCenter is not ("MyOwn" or "Netflix")))
        {
            throw new JavaRefusal($"dataCenterInfo {center.ToJsonString()}: its class and name do not fit");
        }

        if (center.ContainsKey("metadata") != amazon || center.Any(member => member.Key is not ("@class" or "name" or "metadata")))
        {
            throw new JavaRefusal($"dataCenterInfo {center.ToJsonString()}: Amazon's has metadata, no other has; nothing else is allowed");
        }

        read.AmazonMetadata = amazon ? ReadMap("dataCenterInfo.metadata", center["metadata"]) : null;
    }

    private static void ReadLease(JavaInstance read, JsonNode? value)
    {
        JsonObject lease = value as JsonObject ?? throw new JavaRefusal("leaseInfo must be an object");
        foreach ((string name, JsonNode? inner) in lease)
        {
            if (!s_lease.Contains(name))
            {
                throw new JavaRefusal($"leaseInfo may not hold {name}");
            }

            Number(name, inner);
        }

        int interval = (int)Number("renewalIntervalInSecs", lease["renewalIntervalInSecs"] ?? 0);
        int duration = (int)Number("durationInSecs", lease["durationInSecs"] ?? 0);
        read.RenewalInterval = interval > 0 ? interval : 30;
        read.Duration = duration > 0 ? duration : 90;
    }

    private static Dictionary<string, string> ReadMap(string name, JsonNode? value)
    {
        JsonObject map = value as JsonObject ?? throw new JavaRefusal($"{name} must be an object");
        var pairs = new Dictionary<string, string>();
        foreach ((string key, JsonNode? inner) in map)
        {
            if (key == "@class")
            {
                continue;
            }

            pairs[key] = inner is null or JsonValue ? inner?.ToString() ?? "null" : throw new JavaRefusal($"{name}.{key} is no single value");
        }

        return pairs;
    }

    private static JsonObject Port((int Number, bool Enabled) port) =>
        new() { ["$"] = port.Number, ["@enabled"] = port.Enabled ? "true" : "false" };

    private static JsonObject Map(Dictionary<string, string> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));

    private static JsonObject DataCenter(JavaInstance from)
    {
        var json = new JsonObject
        {
            ["@class"] = from.DataCenter == "Amazon" ? AmazonDataCenter : DefaultDataCenter,
            ["name"] = from.DataCenter,
        };
        if (from.AmazonMetadata is { } metadata)
        {
            json["metadata"] = Map(metadata);
        }

        return json;
    }
}

/// <summary>What Java would refuse, or take for something else than was meant.</summary>
internal sealed class JavaRefusal(string why, int status = 400) : Exception(why)
{
    /// <summary>What Java answers.</summary>
    public int Status { get; } = status;
}
