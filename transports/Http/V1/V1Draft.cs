using System.Text.Json;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.Http.V1;

/// <summary>What a reader has seen of one instance: a registration, a whole record, or what a change says of it.</summary>
/// <remarks>
/// Of a member that comes twice the last counts. Whether values are good is for the core to say: here they only have to be of their
/// type.
/// </remarks>
internal sealed class V1Draft
{
    private static readonly KeyValuePair<string, string>[] s_none = [];

    private InstanceStatus _status;
    private InstanceStatus? _ownStatus;
    private string? _hostName;
    private string? _address;
    private string? _vips;
    private string? _secureVips;
    private string? _homePageUrl;
    private string? _statusPageUrl;
    private string? _healthCheckUrl;
    private string? _secureHealthCheckUrl;
    private string? _zone;
    private string? _region;
    private int? _port;
    private int? _securePort;
    private bool? _portEnabled;
    private bool? _securePortEnabled;
    private int _weight = 100;
    private TimeSpan? _leaseDuration;
    private TimeSpan? _renewalInterval;
    private long? _clientStamp;
    private long _registeredAtMs;
    private long _serviceUpAtMs;
    private long _updatedAtMs;
    private ChangeKind _lastChange;
    private KeyValuePair<string, string>[] _metadata = s_none;
    private KeyValuePair<string, string>[] _attributes = s_none;

    public string? Service { get; private set; }

    public string? Id { get; private set; }

    public uint Number { get; set; }

    public ulong Version { get; set; }

    public Revision Revision { get; private set; }

    public StatusOverride? Override { get; private set; }

    public InstanceStatus OwnStatus => _ownStatus ?? _status;

    /// <summary>Reads an object whose start the reader stands on.</summary>
    public static V1Draft Read(ref Utf8JsonReader json, string what)
    {
        json.Expect(JsonTokenType.StartObject, what);
        var draft = new V1Draft();
        while (json.NextMember(out V1Member member))
        {
            draft.ReadMember(ref json, member);
        }

        return draft;
    }

    public void ReadMember(ref Utf8JsonReader json, V1Member member)
    {
        if (!ReadText(json, member) && !ReadNumber(json, member))
        {
            ReadRest(ref json, member);
        }
    }

    /// <summary>What an owner says.</summary>
    /// <exception cref="JsonException">Something of it is missing.</exception>
    public Registration ToRegistration() =>
        new()
        {
            Service = Service ?? throw new JsonException("'service' must be there"),
            Id = Id ?? throw new JsonException("'id' must be there"),
            HostName = _hostName ?? _address ?? throw new JsonException("'hostName' or 'address' must be there"),
            Address = _address ?? _hostName!,
            Status = OwnStatus,
            Vips = _vips,
            SecureVips = _secureVips,
            HomePageUrl = _homePageUrl,
            StatusPageUrl = _statusPageUrl,
            HealthCheckUrl = _healthCheckUrl,
            SecureHealthCheckUrl = _secureHealthCheckUrl,
            Zone = _zone,
            Region = _region,
            Port = _port ?? 0,
            PortEnabled = _portEnabled ?? _port is not null,
            SecurePort = _securePort ?? 0,
            SecurePortEnabled = _securePortEnabled ?? _securePort is not null,
            Weight = _weight,
            LeaseDuration = _leaseDuration,
            RenewalInterval = _renewalInterval,
            ClientStamp = _clientStamp,
            Metadata = _metadata,
            Attributes = _attributes,
        };

    /// <summary>What a node holds.</summary>
    /// <exception cref="JsonException">Something of it is missing.</exception>
    public Instance ToInstance(ServiceName service)
    {
        Service = service.Text;
        return Instance.Restore(
            service,
            ToRegistration(),
            new InstanceFacts(Number, Version, Revision, Override, _registeredAtMs, _serviceUpAtMs, _updatedAtMs, _lastChange)
        );
    }

    /// <summary>Pairs, in order, with those that come twice: that is for the core to refuse.</summary>
    public static KeyValuePair<string, string>[] ReadPairs(ref Utf8JsonReader json, string what)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return s_none;
        }

        json.Expect(JsonTokenType.StartObject, what);
        var pairs = new List<KeyValuePair<string, string>>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            json.Expect(JsonTokenType.String, $"the value of '{key}' in {what}");
            pairs.Add(new(key, json.GetString()!));
        }

        return [.. pairs];
    }

    private static InstanceStatus ReadStatus(in Utf8JsonReader json, V1Member member) =>
        V1Words.TryParseStatus(json.ReadText(member), out InstanceStatus status)
            ? status
            : throw new JsonException($"'{member.Name()}' must be UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN");

    private static Revision ReadRevision(in Utf8JsonReader json, V1Member member) =>
        V1Revision.TryParse(json.ReadText(member), out Revision revision)
            ? revision
            : throw new JsonException($"'{member.Name()}' must be a revision: epoch.clock.node in hexadecimal");

    private static TimeSpan ReadDuration(in Utf8JsonReader json, V1Member member)
    {
        json.Expect(JsonTokenType.Number, $"'{member.Name()}'");
        return json.TryGetDecimal(out decimal ms) && Math.Abs(ms) <= (decimal)TimeSpan.MaxValue.TotalMilliseconds / 10
            ? new TimeSpan((long)(ms * TimeSpan.TicksPerMillisecond))
            : throw new JsonException($"'{member.Name()}' must be a number of milliseconds");
    }

    private bool ReadText(in Utf8JsonReader json, V1Member member)
    {
        switch (member)
        {
            case V1Member.Service:
                Service = json.ReadText(member);
                return true;
            case V1Member.Id:
                Id = json.ReadText(member);
                return true;
            case V1Member.HostName:
                _hostName = json.ReadText(member);
                return true;
            case V1Member.Address:
                _address = json.ReadText(member);
                return true;
            case V1Member.Vips:
                _vips = json.ReadText(member);
                return true;
            case V1Member.SecureVips:
                _secureVips = json.ReadText(member);
                return true;
            case V1Member.HomePageUrl:
                _homePageUrl = json.ReadText(member);
                return true;
            case V1Member.StatusPageUrl:
                _statusPageUrl = json.ReadText(member);
                return true;
            case V1Member.HealthCheckUrl:
                _healthCheckUrl = json.ReadText(member);
                return true;
            case V1Member.SecureHealthCheckUrl:
                _secureHealthCheckUrl = json.ReadText(member);
                return true;
            case V1Member.Zone:
                _zone = json.ReadText(member);
                return true;
            case V1Member.Region:
                _region = json.ReadText(member);
                return true;
            default:
                return false;
        }
    }

    private bool ReadNumber(in Utf8JsonReader json, V1Member member)
    {
        switch (member)
        {
            case V1Member.Number:
                Number = (uint)json.ReadNumber(member, 0, uint.MaxValue);
                return true;
            case V1Member.Version:
                Version = json.ReadUnsigned(member);
                return true;
            case V1Member.Port:
                _port = (int)json.ReadNumber(member, int.MinValue, int.MaxValue);
                return true;
            case V1Member.SecurePort:
                _securePort = (int)json.ReadNumber(member, int.MinValue, int.MaxValue);
                return true;
            case V1Member.Weight:
                _weight = (int)json.ReadNumber(member, int.MinValue, int.MaxValue);
                return true;
            case V1Member.ClientStamp:
                _clientStamp = json.ReadNumber(member);
                return true;
            case V1Member.RegisteredAtMs:
                _registeredAtMs = json.ReadNumber(member);
                return true;
            case V1Member.ServiceUpAtMs:
                _serviceUpAtMs = json.ReadNumber(member);
                return true;
            case V1Member.UpdatedAtMs:
                _updatedAtMs = json.ReadNumber(member);
                return true;
            default:
                return false;
        }
    }

    private void ReadRest(ref Utf8JsonReader json, V1Member member)
    {
        switch (member)
        {
            case V1Member.Status:
                _status = ReadStatus(json, member);
                break;
            case V1Member.OwnStatus:
                _ownStatus = ReadStatus(json, member);
                break;
            case V1Member.Override:
                Override = ReadOverride(ref json);
                break;
            case V1Member.PortEnabled:
                _portEnabled = json.ReadBoolean(member);
                break;
            case V1Member.SecurePortEnabled:
                _securePortEnabled = json.ReadBoolean(member);
                break;
            case V1Member.LeaseDurationMs:
                _leaseDuration = ReadDuration(json, member);
                break;
            case V1Member.RenewalIntervalMs:
                _renewalInterval = ReadDuration(json, member);
                break;
            case V1Member.Revision:
                Revision = ReadRevision(json, member);
                break;
            case V1Member.LastChange:
                _lastChange = json.ReadWord<ChangeKind>(member, V1Words.Of);
                break;
            case V1Member.Metadata:
                _metadata = ReadPairs(ref json, "'metadata'");
                break;
            case V1Member.Attributes:
                _attributes = ReadPairs(ref json, "'attributes'");
                break;
            default:
                json.Skip();
                break;
        }
    }

    private static StatusOverride? ReadOverride(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        json.Expect(JsonTokenType.StartObject, "'override'");
        var read = new StatusOverride(InstanceStatus.Unknown, default, 0);
        while (json.NextMember(out V1Member member))
        {
            switch (member)
            {
                case V1Member.Status:
                    read = read with { Status = ReadStatus(json, member) };
                    break;
                case V1Member.SetAtMs:
                    read = read with { SetAtMs = json.ReadNumber(member) };
                    break;
                case V1Member.Revision:
                    read = read with { Revision = ReadRevision(json, member) };
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return read;
    }
}
