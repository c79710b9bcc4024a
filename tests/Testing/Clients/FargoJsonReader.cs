using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>hudl/fargo, the Go client, in JSON (<c>UseJson</c>).</summary>
/// <remarks>
/// <para>Source: hudl/fargo <c>struct.go</c>, <c>marshal.go</c>. Both ports must be there, <c>@enabled</c> must be quoted,
/// country and lease must be bare numbers; the version may be either. The marker of the empty metadata reaches fargo's user as
/// an entry; the model leaves it out, so that views compare.</para>
/// </remarks>
public sealed class FargoJsonReader : IClientReader
{
    private static readonly GoJson Go = new("Fargo (JSON)");

    /// <inheritdoc/>
    public string Name => "Fargo (JSON)";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Json;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => false;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = FargoMembers.Read;

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => document is not ClientDocument.Delta;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        JsonElement root = JsonTree.Parse(Name, body);
        return document switch
        {
            ClientDocument.Application => ClientView.Of(ReadApplication(Go.Member(root, "application"))),
            ClientDocument.Instance => ClientView.Of(ReadInstance(Required(root, "instance"))),
            _ => ReadApplications(Required(root, "applications")),
        };
    }

    private static JsonElement Required(JsonElement parent, string name)
    {
        JsonElement value = Go.Member(parent, name);
        return value.ValueKind == JsonValueKind.Undefined ? throw Go.Reject($"panic: nil pointer, there is no {name}") : value;
    }

    private static ClientView ReadApplications(JsonElement applications) => new(
        Go.NumberOrText(applications, "versions__delta"),
        Go.Text(applications, "apps__hashcode"),
        [.. Go.OneOrMany(Go.Member(applications, "application")).Select(ReadApplication)]);

    private static ClientApp ReadApplication(JsonElement application) => new(
        Go.Text(application, "name"),
        [.. Go.OneOrMany(Go.Member(application, "instance")).Select(ReadInstance)]);

    private static ClientInstance ReadInstance(JsonElement i)
    {
        JsonElement port = Go.Member(i, "port");
        JsonElement securePort = Go.Member(i, "securePort");
        return new ClientInstance
        {
            Id = Go.Text(i, "instanceId"),
            App = Go.Text(i, "app"),
            Host = Go.Text(i, "hostName"),
            Ip = Go.Text(i, "ipAddr"),
            Vip = Go.Text(i, "vipAddress"),
            SecureVip = Go.Text(i, "secureVipAddress"),
            Status = Go.Text(i, "status"),
            Override = Go.Text(i, "overriddenstatus"),
            Port = (int)Go.NumberOrText(port, "$"),
            PortEnabled = Go.QuotedBool(port, "@enabled"),
            SecurePort = (int)Go.NumberOrText(securePort, "$"),
            SecurePortEnabled = Go.QuotedBool(securePort, "@enabled"),
            HomePageUrl = Go.Text(i, "homePageUrl"),
            StatusPageUrl = Go.Text(i, "statusPageUrl"),
            HealthCheckUrl = Go.Text(i, "healthCheckUrl"),
            Country = Go.Int(i, "countryId"),
            DataCenter = DataCenterName(Go.Member(i, "dataCenterInfo")),
            Lease = ReadLease(Go.Member(i, "leaseInfo")),
            Metadata = ReadMetadata(Go.Member(i, "metadata")),
        };
    }

    private static string DataCenterName(JsonElement dataCenter)
    {
        Go.Text(dataCenter, "@class");
        Go.Member(Go.Member(dataCenter, "metadata"), "");
        return Go.Text(dataCenter, "name");
    }

    private static ClientLease? ReadLease(JsonElement lease) => lease.ValueKind == JsonValueKind.Undefined
        ? null
        : new ClientLease(
            (int)Go.Int(lease, "renewalIntervalInSecs", bits: 32),
            (int)Go.Int(lease, "durationInSecs", bits: 32),
            Go.Int(lease, "registrationTimestamp"),
            Go.Int(lease, "lastRenewalTimestamp"),
            Go.Int(lease, "evictionTimestamp"),
            Go.Int(lease, "serviceUpTimestamp"));

    private static Dictionary<string, string?>? ReadMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            return metadata.ValueKind == JsonValueKind.Undefined ? null : throw Go.Reject("metadata is no map");
        }

        Dictionary<string, string?> map = [];
        foreach (JsonProperty member in metadata.EnumerateObject().Where(m => m.Name != "@class"))
        {
            map[member.Name] = member.Value.ScalarText();
        }

        return map;
    }
}
