using System.Globalization;
using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// Netflix's own JSON codec (Jersey clients, and the server as a reader of its peers): a token loop that skips unknown scalars.
/// </summary>
/// <remarks>
/// <para>Source: Netflix <c>EurekaJacksonCodec</c>. The loop ends at the first <c>}</c>, so an unknown object ends its parent
/// too early and everything after it is read as something else; an unknown array shifts names and values against each other
/// (one element happens to pass). Garbage in a number is 0.</para>
/// </remarks>
public sealed class LegacyJavaJsonReader : IClientReader
{
    private static readonly JacksonBean Bean = new("Java (JSON)");

    /// <inheritdoc/>
    public string Name => "Java (JSON)";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Json;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => false;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = ClientInstance.Members.Keys.ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => true;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        JsonElement root = JsonTree.Parse(Name, body);
        return document switch
        {
            ClientDocument.Application => ClientView.Of(ReadApplication(Unwrap(root, "application"))),
            ClientDocument.Instance => ClientView.Of(ReadInstance(Unwrap(root, "instance"))),
            _ => ReadApplications(Unwrap(root, "applications")),
        };
    }

    private static JsonElement Unwrap(JsonElement root, string name) =>
        Members(root, "the root").Count() == 1 && root.TryGetProperty(name, out JsonElement value)
            ? value
            : throw Bean.Reject($"the root must be an object with one member, {name}");

    private static ClientView ReadApplications(JsonElement applications)
    {
        long? version = null;
        string? hash = null;
        List<ClientApp> apps = [];
        foreach (JsonProperty member in Members(applications, "applications"))
        {
            switch (member.Name)
            {
                case "versions__delta":
                    version = Number(member.Value);
                    break;
                case "apps__hashcode":
                    hash = member.Value.ScalarText();
                    break;
                case "application":
                    apps = ReadOneOrMany(member.Value, ReadApplication);
                    break;
                default:
                    SkipScalar(member, "applications");
                    break;
            }
        }

        return new ClientView(version, hash, apps);
    }

    private static ClientApp ReadApplication(JsonElement application)
    {
        string? name = null;
        List<ClientInstance> instances = [];
        foreach (JsonProperty member in Members(application, "application"))
        {
            switch (member.Name)
            {
                case "name":
                    name = member.Value.ScalarText();
                    break;
                case "instance":
                    instances = ReadOneOrMany(member.Value, ReadInstance);
                    break;
                default:
                    SkipScalar(member, "application");
                    break;
            }
        }

        return new ClientApp(name ?? throw Bean.Reject("an application has no name"), instances);
    }

    private static List<T> ReadOneOrMany<T>(JsonElement value, Func<JsonElement, T> read) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().Select(read)],
        JsonValueKind.Object => [read(value)],
        _ => [],
    };

    private static ClientInstance ReadInstance(JsonElement value)
    {
        // The builder's defaults, for members that do not come.
        ClientInstance instance = new()
        {
            Port = 7001,
            PortEnabled = true,
            SecurePort = 7002,
            SecurePortEnabled = false,
            Country = 1,
            Status = "UP",
            Override = "UNKNOWN",
        };
        foreach (JsonProperty member in Members(value, "instance").Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            instance = With(instance, member);
        }

        return string.IsNullOrEmpty(instance.Id) && instance.Host is null ? throw Bean.Reject("an instance has no id") : instance;
    }

    private static ClientInstance With(ClientInstance i, JsonProperty member)
    {
        JsonElement v = member.Value;
        switch (member.Name)
        {
            case "port":
                (int? port, bool? enabled) = ReadPort(member);
                return i with { Port = port ?? i.Port, PortEnabled = enabled ?? i.PortEnabled };
            case "securePort":
                (int? secure, bool? secured) = ReadPort(member);
                return i with { SecurePort = secure ?? i.SecurePort, SecurePortEnabled = secured ?? i.SecurePortEnabled };
            case "dataCenterInfo":
                JavaDataCenter dataCenter = JavaDataCenter.Read(Bean, v);
                return i with { DataCenter = dataCenter.Name, DataCenterMetadata = dataCenter.Metadata };
            case "leaseInfo":
                return i with { Lease = ReadLease(v) };
            case "metadata":
                return i with { Metadata = ReadMetadata(v) };
            default:
                SkipScalar(member, "instance");
                return WithScalar(i, member.Name, v);
        }
    }

    private static ClientInstance WithScalar(ClientInstance i, string name, JsonElement v) => name switch
    {
        "hostName" => i with { Host = v.ScalarText() },
        "instanceId" => i with { Id = v.ScalarText() },
        "app" => i with { App = v.ScalarText().ToUpperInvariant() },
        "ipAddr" => i with { Ip = v.ScalarText() },
        "sid" => i with { Sid = v.ScalarText() },
        "status" => i with { Status = Status(v) },
        "overriddenStatus" or "overriddenstatus" => i with { Override = Status(v) },
        "countryId" => i with { Country = Int(v) },
        "healthCheckUrl" => i with { HealthCheckUrl = v.ScalarText() },
        "secureHealthCheckUrl" => i with { SecureHealthCheckUrl = v.ScalarText() },
        "appGroupName" => i with { Group = v.ScalarText().ToUpperInvariant() },
        "homePageUrl" => i with { HomePageUrl = v.ScalarText() },
        "statusPageUrl" => i with { StatusPageUrl = v.ScalarText() },
        "vipAddress" => i with { Vip = v.ScalarText() },
        "secureVipAddress" => i with { SecureVip = v.ScalarText() },
        "isCoordinatingDiscoveryServer" => i with { Coordinating = Bool(v) },
        "lastUpdatedTimestamp" => i with { LastUpdatedMs = Number(v) },
        "lastDirtyTimestamp" => i with { LastDirtyMs = Number(v) },
        "actionType" => i with { Action = JavaEnums.Action.Contains(v.ScalarText()) ? v.ScalarText() : null },
        "asgName" => i with { Asg = v.ScalarText() },
        _ => i,
    };

    private static (int? Port, bool? Enabled) ReadPort(JsonProperty port)
    {
        (int? number, bool? enabled) = (null, null);
        foreach (JsonProperty member in Members(port.Value, port.Name))
        {
            switch (member.Name)
            {
                case "$":
                    number = Int(member.Value);
                    break;
                case "@enabled":
                    enabled = Bool(member.Value);
                    break;
                default:
                    throw Bean.Reject($"unknown member {port.Name}.{member.Name}");
            }
        }

        return (number, enabled);
    }

    private static ClientLease ReadLease(JsonElement value)
    {
        ClientLease lease = new(30, 90, 0, 0, 0, 0);
        foreach (JsonProperty member in Members(value, "leaseInfo").Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            SkipScalar(member, "leaseInfo");
            JsonElement v = member.Value;
            lease = member.Name switch
            {
                "renewalIntervalInSecs" => lease with { RenewalSeconds = Int(v) is > 0 and var s ? s : 30 },
                "durationInSecs" => lease with { DurationSeconds = Int(v) is > 0 and var s ? s : 90 },
                "registrationTimestamp" => lease with { RegisteredMs = Number(v) },
                "lastRenewalTimestamp" => lease with { RenewedMs = Number(v) },
                "evictionTimestamp" => lease with { EvictedMs = Number(v) },
                "serviceUpTimestamp" => lease with { UpMs = Number(v) },
                _ => lease,
            };
        }

        return lease;
    }

    private static Dictionary<string, string?> ReadMetadata(JsonElement value)
    {
        Dictionary<string, string?> metadata = [];
        foreach (JsonProperty member in Members(value, "metadata"))
        {
            SkipScalar(member, "metadata");
            if (member.Name != "@class")
            {
                metadata[member.Name] = member.Value.ScalarText();
            }
        }

        return metadata;
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Bean.Reject($"{where} is not an object");

    private static void SkipScalar(JsonProperty member, string where)
    {
        if (!member.Value.IsScalar())
        {
            throw Bean.Reject($"{where}.{member.Name} is an object or array: it ends {where} too early");
        }
    }

    private static string Status(JsonElement v) => JavaEnums.Status.Contains(v.ScalarText()) ? v.ScalarText() : "UNKNOWN";

    private static int Int(JsonElement v) => Number(v) is long wide and >= int.MinValue and <= int.MaxValue
        ? (int)wide
        : throw Bean.Reject($"{v.GetRawText()} does not fit an int");

    private static long Number(JsonElement v) =>
        long.TryParse(v.ScalarText().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) ? n : 0;

    private static bool Bool(JsonElement v) => v.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => Number(v) != 0,
        JsonValueKind.String => v.GetString()!.Trim() == "true",
        _ => false,
    };
}
