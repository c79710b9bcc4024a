using System.Collections.Frozen;
using System.Text;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>A member of Eureka's documents. <see cref="EurekaNames"/> has the names.</summary>
internal enum Member : byte
{
    Unknown,

    // Documents
    Applications,
    VersionsDelta,
    AppsHashcode,
    Application,
    Name,
    Instance,

    // Instance
    InstanceId,
    HostName,
    App,
    IpAddr,
    Sid,
    Status,
    OverriddenStatus,
    OverriddenStatusLegacy,
    Port,
    SecurePort,
    CountryId,
    DataCenterInfo,
    LeaseInfo,
    Metadata,
    AppGroupName,
    HomePageUrl,
    StatusPageUrl,
    HealthCheckUrl,
    SecureHealthCheckUrl,
    VipAddress,
    SecureVipAddress,
    IsCoordinatingDiscoveryServer,
    LastUpdatedTimestamp,
    LastDirtyTimestamp,
    ActionType,
    AsgName,

    // Lease
    RenewalIntervalInSecs,
    DurationInSecs,
    RegistrationTimestamp,
    LastRenewalTimestamp,
    EvictionTimestamp,
    ServiceUpTimestamp,

    // JSON's spelling of XML: class marker, port number, port flag
    Class,
    PortNumber,
    PortEnabled,

    // Replication
    ReplicationList,
    AppName,
    Id,
    InstanceInfo,
    Action,
    ResponseList,
    StatusCode,
    ResponseEntity,
}

/// <summary>Eureka's words, each once: names of members, and keys of the attributes that carry what the model has not.</summary>
/// <remarks>Readers look names up here; encoders take them from here ready for JSON (<c>"name":</c>) and XML.</remarks>
internal static class EurekaNames
{
    /// <summary>Data centre that nobody needs to name: carried by no attribute.</summary>
    public const string MyOwn = "MyOwn";

    /// <summary>The one data centre with metadata.</summary>
    public const string Amazon = "Amazon";

    /// <summary>The third that Java's enumeration knows; any other name breaks Java's readers.</summary>
    public const string Netflix = "Netflix";

    /// <summary>Amazon's metadata: id of the machine.</summary>
    public const string AmazonInstanceId = "instance-id";

    /// <summary>Amazon's metadata: zone.</summary>
    public const string AmazonZone = "availability-zone";

    /// <summary><c>countryId</c> of an instance that says none: carried by no attribute.</summary>
    public const int CountryDefault = 1;

    /// <summary>XML's spelling of <see cref="Member.PortEnabled"/>.</summary>
    public const string XmlEnabled = "enabled";

    private static readonly string[] s_texts = Texts();
    private static readonly byte[][] s_json = Array.ConvertAll(s_texts, text => Encoding.UTF8.GetBytes($"\"{text}\":"));
    private static readonly byte[][] s_xmlOpen = Array.ConvertAll(s_texts, text => Encoding.UTF8.GetBytes($"<{text}>"));
    private static readonly byte[][] s_xmlClose = Array.ConvertAll(s_texts, text => Encoding.UTF8.GetBytes($"</{text}>"));

    private static readonly FrozenDictionary<string, Member> s_members = Enum.GetValues<Member>()
        .Where(member => member != Member.Unknown)
        .ToFrozenDictionary(Text, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Member>.AlternateLookup<ReadOnlySpan<char>> s_bySpan =
        s_members.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Marker that Java's codecs put into an empty map.</summary>
    public static ReadOnlySpan<byte> EmptyMapClass => "java.util.Collections$EmptyMap"u8;

    /// <summary>Marker of a data centre that is not Amazon's. No such class exists; clients know it all the same.</summary>
    public static ReadOnlySpan<byte> DefaultDataCenterClass => "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"u8;

    /// <summary>Marker of Amazon's data centre.</summary>
    public static ReadOnlySpan<byte> AmazonDataCenterClass => "com.netflix.appinfo.AmazonInfo"u8;

    /// <summary>Length of the longest name, in characters.</summary>
    public static int LengthMax { get; } = s_texts.Max(text => text.Length);

    /// <summary>Attribute key of <c>appGroupName</c>.</summary>
    public static AttributeKey Group { get; } = new("eureka.group");

    /// <summary>Attribute key of <c>asgName</c>.</summary>
    public static AttributeKey Asg { get; } = new("eureka.asg");

    /// <summary>Attribute key of <c>sid</c>, unless it says nothing.</summary>
    public static AttributeKey Sid { get; } = new("eureka.sid");

    /// <summary>Attribute key of <c>countryId</c>, unless it is <see cref="CountryDefault"/>.</summary>
    public static AttributeKey Country { get; } = new("eureka.country");

    /// <summary>Attribute key of the data centre's name, unless it is <see cref="MyOwn"/>.</summary>
    public static AttributeKey DataCenter { get; } = new("eureka.dc");

    /// <summary>What stands before a key of Amazon's metadata to make an attribute's.</summary>
    public static AttributeKey DataCenterPrefix { get; } = new("eureka.dc.");

    /// <summary>True for members that the registry says of an instance, not its owner.</summary>
    public static bool IsServersOwn(Member member) =>
        member is Member.IsCoordinatingDiscoveryServer or Member.LastUpdatedTimestamp or Member.ActionType;

    /// <summary>What the compact form keeps of Amazon's metadata.</summary>
    public static bool IsCompactAmazonKey(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("instance-id"u8)
        || key.SequenceEqual("public-ipv4"u8)
        || key.SequenceEqual("public-hostname"u8)
        || key.SequenceEqual("local-ipv4"u8)
        || key.SequenceEqual("availability-zone"u8);

    /// <summary>The member of a name, compared exactly; <see cref="Member.Unknown"/> if there is none.</summary>
    public static Member Find(ReadOnlySpan<char> name) => s_bySpan.TryGetValue(name, out Member member) ? member : Member.Unknown;

    /// <summary>The name.</summary>
    public static string Text(Member member) => s_texts[(int)member];

    /// <summary><c>"name":</c></summary>
    public static ReadOnlySpan<byte> Json(Member member) => s_json[(int)member];

    /// <summary><c>&lt;name&gt;</c></summary>
    public static ReadOnlySpan<byte> XmlOpen(Member member) => s_xmlOpen[(int)member];

    /// <summary><c>&lt;/name&gt;</c></summary>
    public static ReadOnlySpan<byte> XmlClose(Member member) => s_xmlClose[(int)member];

    private static string[] Texts() => Array.ConvertAll(Enum.GetValues<Member>(), TextOf);

    // Most names are those of the members in camel case; these are not.
    private static string TextOf(Member member) =>
        member switch
        {
            Member.VersionsDelta => "versions__delta",
            Member.AppsHashcode => "apps__hashcode",
            Member.OverriddenStatusLegacy => "overriddenstatus",
            Member.Class => "@class",
            Member.PortNumber => "$",
            Member.PortEnabled => "@enabled",
            _ => char.ToLowerInvariant(member.ToString()[0]) + member.ToString()[1..],
        };
}

/// <summary>A key of <see cref="Core.Model.Registration.Attributes"/>, as text for readers and as UTF-8 for encoders.</summary>
internal sealed class AttributeKey(string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    public string Text => text;

    public ReadOnlySpan<byte> Utf8 => _utf8;
}
