using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// Spring Cloud's RestClient, RestTemplate and WebClient: Jackson's bean mapper, which forgives nothing unknown.
/// </summary>
/// <remarks>
/// <para>Source: spring-cloud-netflix <c>EurekaHttpClientUtils</c>; Netflix <c>InstanceInfo</c>, <c>LeaseInfo</c>,
/// <c>Application</c>, <c>ApplicationsJacksonBuilder</c>. Missing <c>application</c> or <c>instance</c>, an application without
/// a name and an instance without a status are null pointers a step later.</para>
/// </remarks>
public sealed class SpringStrictReader : IClientReader
{
    private static readonly JacksonBean Bean = new("Spring");

    /// <inheritdoc/>
    public string Name => "Spring";

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

    private static JsonElement Unwrap(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Count() != 1)
        {
            throw Bean.Reject($"the root must be an object with one member, {name}");
        }

        JsonProperty only = root.EnumerateObject().Single();
        return only.Name == name ? only.Value : throw Bean.Reject($"the root is {only.Name} and not {name}");
    }

    private static ClientView ReadApplications(JsonElement applications)
    {
        long version = 0;
        string? hash = null;
        List<ClientApp>? apps = null;
        Bean.IsBean(applications, "applications");
        foreach (JsonProperty member in applications.EnumerateObject())
        {
            if (member.Name == "application")
            {
                apps = ReadArray(member.Value, "application", ReadApplication);
            }
            else if (member.Name.StartsWith("version", StringComparison.Ordinal))
            {
                version = Bean.Long(member.Value, member.Name);
            }
            else if (member.Name.StartsWith("apps", StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.String)
            {
                hash = member.Value.GetString();
            }
        }

        return new ClientView(version, hash, apps ?? throw Bean.Reject("applications has no application"));
    }

    private static List<T>? ReadArray<T>(JsonElement value, string where, Func<JsonElement, T> read) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => [.. value.EnumerateArray().Select(read)],
        _ => throw Bean.Reject($"{where} is not an array"),
    };

    private static ClientApp ReadApplication(JsonElement application)
    {
        string? name = null;
        List<ClientInstance>? instances = null;
        Bean.IsBean(application, "application");
        foreach (JsonProperty member in application.EnumerateObject())
        {
            switch (member.Name)
            {
                case "name":
                    name = Bean.Text(member.Value, "name");
                    break;
                case "instance":
                    instances = ReadArray(member.Value, "instance", ReadInstance);
                    break;
                default:
                    throw Bean.Reject($"unknown member application.{member.Name}");
            }
        }

        return new ClientApp(
            name ?? throw Bean.Reject("an application has no name"),
            instances ?? throw Bean.Reject("an application has no instance"));
    }

    private static ClientInstance ReadInstance(JsonElement value)
    {
        ClientInstance instance = new();
        Bean.IsBean(value, "instance");
        foreach (JsonProperty member in value.EnumerateObject())
        {
            instance = With(instance, member.Name, member.Value);
        }

        if (string.IsNullOrEmpty(instance.Id) && instance.Host is null)
        {
            throw Bean.Reject("an instance has no id");
        }

        return instance.Status is null ? throw Bean.Reject("an instance has no status") : instance;
    }

    private static ClientInstance With(ClientInstance i, string name, JsonElement v) => name switch
    {
        "instanceId" => i with { Id = Bean.Text(v, name) },
        "app" => i with { App = Bean.Text(v, name) },
        "appGroupName" => i with { Group = Bean.Text(v, name) },
        "ipAddr" => i with { Ip = Bean.Text(v, name) },
        "sid" => i with { Sid = Bean.Text(v, name) },
        "port" => ReadPort(v, name) is var (port, enabled) ? i with { Port = port, PortEnabled = enabled } : i,
        "securePort" => ReadPort(v, name) is var (port, enabled) ? i with { SecurePort = port, SecurePortEnabled = enabled } : i,
        "homePageUrl" => i with { HomePageUrl = Bean.Text(v, name) },
        "statusPageUrl" => i with { StatusPageUrl = Bean.Text(v, name) },
        "healthCheckUrl" => i with { HealthCheckUrl = Bean.Text(v, name) },
        "secureHealthCheckUrl" => i with { SecureHealthCheckUrl = Bean.Text(v, name) },
        "vipAddress" => i with { Vip = Bean.Text(v, name) },
        "secureVipAddress" => i with { SecureVip = Bean.Text(v, name) },
        "countryId" => i with { Country = Bean.Int(v, name) },
        "dataCenterInfo" => v.ValueKind == JsonValueKind.Null ? i : WithDataCenter(i, JavaDataCenter.Read(Bean, v)),
        "hostName" => i with { Host = Bean.Text(v, name) },
        "status" => i with { Status = Bean.Enum(v, JavaEnums.Status, name) },
        "overriddenstatus" or "overriddenStatus" => i with { Override = Bean.Enum(v, JavaEnums.Status, name) ?? i.Override },
        "leaseInfo" => Bean.IsBean(v, name) ? i with { Lease = ReadLease(v) } : i,
        "isCoordinatingDiscoveryServer" => i with { Coordinating = Bean.Bool(v, name) },
        "metadata" => i with { Metadata = WithoutMarker(Bean.Map(v, name)) },
        "lastUpdatedTimestamp" => i with { LastUpdatedMs = Bean.Long(v, name) },
        "lastDirtyTimestamp" => i with { LastDirtyMs = Bean.Long(v, name) },
        "actionType" => i with { Action = Bean.Enum(v, JavaEnums.Action, name) },
        "asgName" => i with { Asg = Bean.Text(v, name) },
        _ => throw Bean.Reject($"unknown member instance.{name}"),
    };

    private static ClientInstance WithDataCenter(ClientInstance i, JavaDataCenter dataCenter) =>
        i with { DataCenter = dataCenter.Name, DataCenterMetadata = dataCenter.Metadata };

    private static (int Port, bool Enabled)? ReadPort(JsonElement value, string where)
    {
        if (!Bean.IsBean(value, where))
        {
            return null;
        }

        (int port, bool enabled) = (0, false);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            switch (member.Name)
            {
                case "$":
                    port = Bean.Int(member.Value, $"{where}.$");
                    break;
                case "@enabled":
                    enabled = Bean.Bool(member.Value, $"{where}.@enabled");
                    break;
                default:
                    throw Bean.Reject($"unknown member {where}.{member.Name}");
            }
        }

        return (port, enabled);
    }

    private static ClientLease ReadLease(JsonElement value)
    {
        ClientLease lease = new(0, 0, 0, 0, 0, 0);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            (string name, JsonElement v) = (member.Name, member.Value);
            lease = name switch
            {
                "renewalIntervalInSecs" => lease with { RenewalSeconds = Bean.Int(v, name) },
                "durationInSecs" => lease with { DurationSeconds = Bean.Int(v, name) },
                "registrationTimestamp" => lease with { RegisteredMs = Bean.Long(v, name) },
                "lastRenewalTimestamp" or "renewalTimestamp" => lease with { RenewedMs = Bean.Long(v, name) },
                "evictionTimestamp" => lease with { EvictedMs = Bean.Long(v, name) },
                "serviceUpTimestamp" => lease with { UpMs = Bean.Long(v, name) },
                _ => throw Bean.Reject($"unknown member leaseInfo.{name}"),
            };
        }

        return lease;
    }

    /// <summary>
    /// The marker of the empty map is dropped only where it stands alone, so next to other keys it would be shown.
    /// </summary>
    private static Dictionary<string, string?>? WithoutMarker(Dictionary<string, string?>? metadata)
    {
        if (metadata is { Count: 1 } && metadata.GetValueOrDefault("@class") == "java.util.Collections$EmptyMap")
        {
            metadata.Clear();
        }

        return metadata;
    }
}
