using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// Steeltoe: System.Text.Json with its defaults, so a number is no string and a string no number, apart from three converters.
/// </summary>
/// <remarks>
/// <para>Source: Steeltoe <c>Discovery/Eureka/Transport</c> (shapes and converters) and <c>AppInfo.*.FromJson</c>. Unknown
/// members are skipped. An instance that lacks id, app, host, address or a known data centre is <b>dropped without a word</b>;
/// the model refuses it, for a test wants to know. Data centre metadata is not read.</para>
/// </remarks>
public sealed class SteeltoeReader : IClientReader
{
    private static readonly string[] NotRead =
        [nameof(ClientInstance.DataCenterMetadata)];

    /// <inheritdoc/>
    public string Name => "Steeltoe";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Json;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => false;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = ClientInstance.Members.Keys.Except(NotRead).ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => document is ClientDocument.Full or ClientDocument.Delta or ClientDocument.Vip;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        WireRoot root = Deserialize(body);
        WireApplications applications = root.Applications ?? new WireApplications();
        return new ClientView(
            applications.Version,
            applications.Hash,
            [.. (applications.Application ?? []).Select(ReadApplication)]);
    }

    private static ClientRejectsException Reject(string reason, Exception? cause = null) => new("Steeltoe", reason, cause);

    private static WireRoot Deserialize(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<WireRoot>(body.Span) ?? throw Reject("the root is null");
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw Reject(e.Message, e);
        }
    }

    private static ClientApp ReadApplication(WireApplication? application) =>
        string.IsNullOrWhiteSpace(application?.Name)
            ? throw Reject("an application without a name is dropped")
            : new ClientApp(application.Name, [.. (application.Instance ?? []).Select(ReadInstance)]);

    private static ClientInstance ReadInstance(WireInstance? i)
    {
        if (i is null || new[] { i.InstanceId, i.App, i.HostName, i.IpAddr }.Any(string.IsNullOrWhiteSpace))
        {
            throw Reject("an instance without instanceId, app, hostName or ipAddr is dropped");
        }

        if (!JavaEnums.DataCenter.Contains(i.DataCenterInfo?.Name ?? ""))
        {
            throw Reject($"an instance with the data centre '{i.DataCenterInfo?.Name}' is dropped");
        }

        return new ClientInstance
        {
            Id = i.InstanceId,
            App = i.App,
            Group = i.AppGroupName,
            Host = i.HostName,
            Ip = i.IpAddr,
            Status = i.Status,
            Override = i.OverriddenStatus ?? i.OverriddenStatusLegacy,
            Port = i.Port?.Number ?? 0,
            PortEnabled = i.Port?.Enabled ?? false,
            SecurePort = i.SecurePort?.Number ?? 0,
            SecurePortEnabled = i.SecurePort?.Enabled ?? false,
            Country = i.CountryId,
            Sid = i.Sid,
            DataCenter = i.DataCenterInfo!.Name,
            Lease = i.LeaseInfo?.ToView(),
            Metadata = WithoutMarker(i.Metadata),
            HomePageUrl = i.HomePageUrl,
            StatusPageUrl = i.StatusPageUrl,
            HealthCheckUrl = i.HealthCheckUrl,
            SecureHealthCheckUrl = i.SecureHealthCheckUrl,
            Vip = i.VipAddress,
            SecureVip = i.SecureVipAddress,
            Coordinating = i.IsCoordinating,
            LastUpdatedMs = i.LastUpdatedTimestamp,
            LastDirtyMs = i.LastDirtyTimestamp,
            Action = i.ActionType,
            Asg = i.AsgName,
        };
    }

    /// <summary>The marker empties the map whatever else it holds.</summary>
    private static Dictionary<string, string?> WithoutMarker(Dictionary<string, string?>? metadata) =>
        metadata is null || metadata.GetValueOrDefault("@class") == "java.util.Collections$EmptyMap" ? [] : metadata;

    private sealed class WireRoot
    {
        [JsonPropertyName("applications")]
        public WireApplications? Applications { get; set; }
    }

    private sealed class WireApplications
    {
        [JsonPropertyName("apps__hashcode")]
        public string? Hash { get; set; }

        [JsonPropertyName("versions__delta"), JsonConverter(typeof(LongOrText))]
        public long? Version { get; set; }

        [JsonPropertyName("application"), JsonConverter(typeof(OneOrMany<WireApplication>))]
        public List<WireApplication?>? Application { get; set; }
    }

    private sealed class WireApplication
    {
        [JsonPropertyName("name")]
        public string? Name { get; set; }

        [JsonPropertyName("instance"), JsonConverter(typeof(OneOrMany<WireInstance>))]
        public List<WireInstance?>? Instance { get; set; }
    }

    private sealed class WirePort
    {
        [JsonPropertyName("@enabled"), JsonConverter(typeof(BoolOrText))]
        public bool? Enabled { get; set; }

        [JsonPropertyName("$")]
        public int? Number { get; set; }
    }

    private sealed class WireDataCenter
    {
        [JsonPropertyName("@class")]
        public string? ClassName { get; set; }

        [JsonPropertyName("name")]
        public string? Name { get; set; }
    }

    private sealed class WireLease
    {
        [JsonPropertyName("renewalIntervalInSecs")]
        public int? RenewalSeconds { get; set; }

        [JsonPropertyName("durationInSecs")]
        public int? DurationSeconds { get; set; }

        [JsonPropertyName("registrationTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? Registered { get; set; }

        [JsonPropertyName("lastRenewalTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? Renewed { get; set; }

        [JsonPropertyName("evictionTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? Evicted { get; set; }

        [JsonPropertyName("serviceUpTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? Up { get; set; }

        public ClientLease ToView() =>
            new(RenewalSeconds ?? 0, DurationSeconds ?? 0, Registered ?? 0, Renewed ?? 0, Evicted ?? 0, Up ?? 0);
    }

    private sealed class WireInstance
    {
        [JsonPropertyName("instanceId")]
        public string? InstanceId { get; set; }

        [JsonPropertyName("app")]
        public string? App { get; set; }

        [JsonPropertyName("appGroupName")]
        public string? AppGroupName { get; set; }

        [JsonPropertyName("ipAddr")]
        public string? IpAddr { get; set; }

        [JsonPropertyName("sid")]
        public string? Sid { get; set; }

        [JsonPropertyName("port")]
        public WirePort? Port { get; set; }

        [JsonPropertyName("securePort")]
        public WirePort? SecurePort { get; set; }

        [JsonPropertyName("homePageUrl")]
        public string? HomePageUrl { get; set; }

        [JsonPropertyName("statusPageUrl")]
        public string? StatusPageUrl { get; set; }

        [JsonPropertyName("healthCheckUrl")]
        public string? HealthCheckUrl { get; set; }

        [JsonPropertyName("secureHealthCheckUrl")]
        public string? SecureHealthCheckUrl { get; set; }

        [JsonPropertyName("vipAddress")]
        public string? VipAddress { get; set; }

        [JsonPropertyName("secureVipAddress")]
        public string? SecureVipAddress { get; set; }

        [JsonPropertyName("countryId")]
        public int? CountryId { get; set; }

        [JsonPropertyName("dataCenterInfo")]
        public WireDataCenter? DataCenterInfo { get; set; }

        [JsonPropertyName("hostName")]
        public string? HostName { get; set; }

        [JsonPropertyName("status"), JsonConverter(typeof(StatusText))]
        public string? Status { get; set; }

        [JsonPropertyName("overriddenStatus"), JsonConverter(typeof(StatusText))]
        public string? OverriddenStatus { get; set; }

        [JsonPropertyName("overriddenstatus"), JsonConverter(typeof(StatusText))]
        public string? OverriddenStatusLegacy { get; set; }

        [JsonPropertyName("leaseInfo")]
        public WireLease? LeaseInfo { get; set; }

        [JsonPropertyName("isCoordinatingDiscoveryServer"), JsonConverter(typeof(BoolOrText))]
        public bool? IsCoordinating { get; set; }

        [JsonPropertyName("metadata")]
        public Dictionary<string, string?>? Metadata { get; set; }

        [JsonPropertyName("lastUpdatedTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? LastUpdatedTimestamp { get; set; }

        [JsonPropertyName("lastDirtyTimestamp"), JsonConverter(typeof(LongOrText))]
        public long? LastDirtyTimestamp { get; set; }

        [JsonPropertyName("actionType"), JsonConverter(typeof(ActionText))]
        public string? ActionType { get; set; }

        [JsonPropertyName("asgName")]
        public string? AsgName { get; set; }
    }

    /// <summary>An array, or one element in its place.</summary>
    private sealed class OneOrMany<T> : ReadOnlyConverter<List<T?>>
    {
        public override List<T?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray
                ? JsonSerializer.Deserialize<List<T?>>(ref reader, options)!
                : [JsonSerializer.Deserialize<T>(ref reader, options)];
    }

    private sealed class LongOrText : ReadOnlyConverter<long>
    {
        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Number => reader.GetInt64(),
                JsonTokenType.String => long.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
                _ => throw new JsonException("neither a number nor text"),
            };
    }

    private sealed class BoolOrText : ReadOnlyConverter<bool>
    {
        public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.True or JsonTokenType.False => reader.GetBoolean(),
                JsonTokenType.String => bool.Parse(reader.GetString()!),
                _ => throw new JsonException("neither a boolean nor text"),
            };
    }

    /// <summary>Enum texts compare without case there; anything unknown fails the whole document.</summary>
    private abstract class EnumText(IReadOnlyList<string> names) : ReadOnlyConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            return names.FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase))
                ?? throw new JsonException($"'{text}' is none of {string.Join(", ", names)}");
        }
    }

    private sealed class StatusText() : EnumText(JavaEnums.Status);

    private sealed class ActionText() : EnumText(JavaEnums.Action);

    private abstract class ReadOnlyConverter<T> : JsonConverter<T>
    {
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
