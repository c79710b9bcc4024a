using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a reader has seen of one instance; the one place that says what it means, whatever the format.</summary>
/// <remarks>
/// <para>
/// A reader sets members as it meets them; of a member that comes twice the last counts. It goes on after a problem, so that an
/// item of a batch can be refused alone; the first problem is the one told.
/// </para>
/// <para>
/// Source: the defaults and leniencies of Netflix's decoders, and its registration's checks in their order. Accepted beyond them:
/// plain numbers as ports, no class markers, unknown members of any shape. Refused: what a Java integer would wrap around.
/// </para>
/// </remarks>
/// <param name="statusIgnoresCase">Netflix compares the names of statuses with case in JSON and without in XML.</param>
internal sealed class InstanceDraft(bool statusIgnoresCase)
{
    private const int PortDefault = 7001;
    private const int SecurePortDefault = 7002;
    private const int WeightMax = 65_535;

    private readonly string?[] _texts = new string?[(int)Member.AsgName + 1];
    private int _port = PortDefault;
    private bool _portEnabled = true;
    private int _securePort = SecurePortDefault;
    private bool _securePortEnabled;
    private int _country = EurekaNames.CountryDefault;
    private InstanceStatus _status = InstanceStatus.Up;
    private InstanceStatus _override = InstanceStatus.Unknown;
    private TimeSpan? _duration;
    private TimeSpan? _interval;
    private long? _serviceUpAtMs;

    /// <summary>Takes what a registry says of the instance; null: the document is an owner's, and there it means nothing.</summary>
    public RegistryWord? Word { get; init; }

    /// <summary>The first problem noted.</summary>
    public string? Problem { get; private set; }

    /// <summary>The client stamp.</summary>
    public long? Stamp { get; private set; }

    /// <summary>The pairs; <see cref="Put"/> fills them.</summary>
    public OrderedDictionary<string, string> Metadata { get; set; } = [];

    /// <summary>The data centre; null is absent.</summary>
    public DataCenterDraft? DataCenter { get; set; }

    private string? Zone => DataCenter?.Zone ?? Metadata.GetValueOrDefault("zone");

    private string? Region => Metadata.GetValueOrDefault("region") ?? DataCenter?.Region;

    /// <summary>Notes a problem; the first one counts.</summary>
    public void Refuse(string problem) => Problem ??= problem;

    /// <summary>Sets a member that is one value; null is absent.</summary>
    public void Set(Member member, string? text)
    {
        switch (member)
        {
            case Member.Status:
                _status = text is null ? InstanceStatus.Up : StatusOf(text);
                break;
            case Member.OverriddenStatus or Member.OverriddenStatusLegacy:
                _override = text is null ? InstanceStatus.Unknown : StatusOf(text);
                break;
            case Member.CountryId:
                _country = (int)(Number(member, text, int.MinValue, int.MaxValue) ?? EurekaNames.CountryDefault);
                break;
            case Member.LastDirtyTimestamp:
                Stamp = Number(member, text, long.MinValue, long.MaxValue);
                break;
            default:
                _texts[(int)member] = text;
                break;
        }
    }

    /// <summary>Sets a port; null keeps the default.</summary>
    public void SetPort(Member member, string? number, bool? enabled)
    {
        bool secure = member == Member.SecurePort;
        int port = secure ? SecurePortDefault : PortDefault;
        if (number is not null)
        {
            port = Port(member, number);
        }

        if (secure)
        {
            (_securePort, _securePortEnabled) = (port, enabled ?? false);
        }
        else
        {
            (_port, _portEnabled) = (port, enabled ?? true);
        }
    }

    /// <summary>Forgets what an earlier <c>leaseInfo</c> said.</summary>
    public void StartLease() => (_duration, _interval, _serviceUpAtMs) = (null, null, null);

    /// <summary>Sets a member of the lease; null is absent.</summary>
    public void SetLease(Member member, string? text)
    {
        switch (member)
        {
            case Member.DurationInSecs:
                _duration = Seconds(member, text);
                break;
            case Member.RenewalIntervalInSecs:
                _interval = Seconds(member, text);
                break;
            case Member.ServiceUpTimestamp:
                _serviceUpAtMs = Number(member, text, long.MinValue, long.MaxValue) is > 0 and long ms ? ms : null;
                break;
        }
    }

    /// <summary>Puts a pair into metadata, of the instance or of its data centre; the last value of a key counts.</summary>
    public void Put(OrderedDictionary<string, string> pairs, string key, string value)
    {
        if (key.Length == 0)
        {
            // An element of XML cannot be written without a name.
            Refuse("metadata holds a pair with an empty key; give it a name");
        }
        else if (key != EurekaNames.Text(Member.Class))
        {
            pairs[key] = value;
        }
    }

    /// <summary>The registration, or why there is none.</summary>
    public bool TryBuild([NotNullWhen(true)] out Registration? registration, [NotNullWhen(false)] out string? problem)
    {
        string? id = EffectiveId();
        problem = Problem ?? Missing(id);
        registration = problem is null ? Build(id!) : null;
        if (registration is not null && Weight() is int weight)
        {
            registration = registration with { Weight = weight };
        }

        return registration is not null;
    }

    private static bool IsBlank([NotNullWhen(false)] string? text) => string.IsNullOrEmpty(text);

    private string? Text(Member member) => _texts[(int)member];

    private Registration Build(string id) =>
        new()
        {
            Service = Text(Member.App)!,
            Id = id,
            HostName = Text(Member.HostName)!,
            Address = Text(Member.IpAddr)!,
            Port = _port,
            PortEnabled = _portEnabled,
            SecurePort = _securePort,
            SecurePortEnabled = _securePortEnabled,
            Vips = Text(Member.VipAddress),
            SecureVips = Text(Member.SecureVipAddress),
            HomePageUrl = Text(Member.HomePageUrl),
            StatusPageUrl = Text(Member.StatusPageUrl),
            HealthCheckUrl = Text(Member.HealthCheckUrl),
            SecureHealthCheckUrl = Text(Member.SecureHealthCheckUrl),
            Zone = Zone,
            Region = Region,
            Status = _status,
            Override = _override == InstanceStatus.Unknown ? null : _override,
            LeaseDuration = _duration,
            RenewalInterval = _interval,
            ClientStamp = Stamp,
            ServiceUpAtMs = _serviceUpAtMs,
            Metadata = Metadata,
            Attributes = Attributes(id),
        };

    // Netflix's order and words.
    private string? Missing(string? id)
    {
        if (IsBlank(id))
        {
            return "Missing instanceId";
        }

        if (IsBlank(Text(Member.HostName)))
        {
            return "Missing hostname";
        }

        if (IsBlank(Text(Member.IpAddr)))
        {
            return "Missing ip address";
        }

        return IsBlank(Text(Member.App)) ? "Missing appName" : DataCenterDraft.WhyRefused(DataCenter);
    }

    // Spring's server takes an id out of the metadata of its old clients; Netflix's falls back on the machine, then on the host.
    private string? EffectiveId()
    {
        string? id = Text(Member.InstanceId);
        if (!IsBlank(id))
        {
            return id;
        }

        string? host = Text(Member.HostName);
        if (Metadata.TryGetValue(EurekaNames.Text(Member.InstanceId), out string? named) && !IsBlank(named))
        {
            return IsBlank(host) || named.StartsWith(host, StringComparison.Ordinal) ? named : $"{host}:{named}";
        }

        string? machine = DataCenter?.Machine;
        return IsBlank(machine) ? host : machine;
    }

    private int? Weight() =>
        Metadata.TryGetValue("weight", out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int weight)
        && weight <= WeightMax
            ? weight
            : null;

    private List<KeyValuePair<string, string>> Attributes(string id)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        AddText(attributes, EurekaNames.Group, Text(Member.AppGroupName)?.ToUpperInvariant());
        AddText(attributes, EurekaNames.Asg, Text(Member.AsgName));
        AddText(attributes, EurekaNames.Sid, Text(Member.Sid) is "na" or "unknown" ? null : Text(Member.Sid));
        if (_country != EurekaNames.CountryDefault)
        {
            AddText(attributes, EurekaNames.Country, _country.ToString(CultureInfo.InvariantCulture));
        }

        attributes.AddRange(DataCenter!.Attributes(id));
        return attributes;
    }

    private static void AddText(List<KeyValuePair<string, string>> attributes, AttributeKey key, string? text)
    {
        if (text is not null)
        {
            attributes.Add(new(key.Text, text));
        }
    }

    private InstanceStatus StatusOf(string text) =>
        EurekaStatus.TryParseExact(statusIgnoresCase ? text.ToUpperInvariant() : text, out InstanceStatus status)
            ? status
            : InstanceStatus.Unknown;

    // A Java integer: what does not fit comes back broken to every Java reader. Not positive means: the default.
    private TimeSpan? Seconds(Member member, string? text) =>
        Number(member, text, long.MinValue, int.MaxValue) is > 0 and long seconds ? TimeSpan.FromSeconds(seconds) : null;

    private int Port(Member member, string text)
    {
        long? port = Number(member, text, int.MinValue, int.MaxValue);
        if (port is null)
        {
            Refuse($"{EurekaNames.Text(member)} '{RegistryError.Shown(text)}' is no number; send 1 to 65535");
        }

        return (int)(port ?? 0);
    }

    // Text that is no number is absent, as in Eureka; a number that is too large is refused, where Eureka would wrap it around.
    private long? Number(Member member, string? text, long min, long max)
    {
        if (
            long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number)
            && number >= min
            && number <= max
        )
        {
            return number;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double near) || double.IsNaN(near))
        {
            return null;
        }

        // The nearest double above long.MaxValue is 2^63: it must not be cast.
        if (near >= min && near <= max && near < long.MaxValue)
        {
            return (long)near;
        }

        string limit = near < min ? $"under {min}" : $"over {max}";
        Refuse($"{EurekaNames.Text(member)} of {RegistryError.Shown(text)} is {limit}");
        return 0;
    }
}
