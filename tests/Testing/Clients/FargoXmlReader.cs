using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>hudl/fargo, the Go client, in XML (its default).</summary>
/// <remarks>
/// <para>Source: hudl/fargo <c>struct.go</c>, <c>marshal.go</c>, <c>metadata.go</c>. Metadata is kept raw and parsed as a map
/// after every read: white space alone between its tags is no map, and the type assertion panics. Lease numbers of 32 bits
/// overflow.</para>
/// </remarks>
public sealed class FargoXmlReader : IClientReader
{
    private static readonly GoXml Go = new("Fargo (XML)");

    /// <inheritdoc/>
    public string Name => "Fargo (XML)";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Xml;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => true;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = FargoMembers.Read;

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => document is not ClientDocument.Delta;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        XmlElement root = XmlTree.Parse(Name, body, namespaces: false);
        return document switch
        {
            ClientDocument.Application => ClientView.Of(ReadApplication(root)),
            ClientDocument.Instance => ClientView.Of(ReadInstance(root)),
            _ => new ClientView(
                Go.Int(root, "versions__delta"),
                GoXml.Text(root, "apps__hashcode"),
                [.. GoXml.All(root, "application").Select(ReadApplication)]),
        };
    }

    private static ClientApp ReadApplication(XmlElement application) =>
        new(GoXml.Text(application, "name"), [.. GoXml.All(application, "instance").Select(ReadInstance)]);

    private static ClientInstance ReadInstance(XmlElement i)
    {
        (int port, bool enabled) = Go.Port(i, "port") ?? default;
        (int securePort, bool secureEnabled) = Go.Port(i, "securePort") ?? default;
        XmlElement? dataCenter = GoXml.Last(i, "dataCenterInfo");
        string? dataCenterName = dataCenter is null ? null : GoXml.Text(dataCenter, "name");
        return new ClientInstance
        {
            Id = GoXml.Text(i, "instanceId"),
            App = GoXml.Text(i, "app"),
            Host = GoXml.Text(i, "hostName"),
            Ip = GoXml.Text(i, "ipAddr"),
            Vip = GoXml.Text(i, "vipAddress"),
            SecureVip = GoXml.Text(i, "secureVipAddress"),
            Status = GoXml.Text(i, "status"),
            Override = GoXml.Text(i, "overriddenstatus"),
            Port = port,
            PortEnabled = enabled,
            SecurePort = securePort,
            SecurePortEnabled = secureEnabled,
            HomePageUrl = GoXml.Text(i, "homePageUrl"),
            StatusPageUrl = GoXml.Text(i, "statusPageUrl"),
            HealthCheckUrl = GoXml.Text(i, "healthCheckUrl"),
            Country = Go.Int(i, "countryId"),
            DataCenter = dataCenterName,
            Lease = GoXml.Last(i, "leaseInfo") is { } lease ? ReadLease(lease) : null,
            Metadata = GoXml.Last(i, "metadata") is { } metadata ? ReadMetadata(metadata) : null,
        };
    }

    private static ClientLease ReadLease(XmlElement lease) => new(
        (int)Go.Int(lease, "renewalIntervalInSecs", bits: 32),
        (int)Go.Int(lease, "durationInSecs", bits: 32),
        Go.Int(lease, "registrationTimestamp"),
        Go.Int(lease, "lastRenewalTimestamp"),
        Go.Int(lease, "evictionTimestamp"),
        Go.Int(lease, "serviceUpTimestamp"));

    private static Dictionary<string, string?> ReadMetadata(XmlElement metadata) =>
        metadata.HasChildNodes && !metadata.Elements().Any()
            ? throw Go.Reject("panic: metadata holds text and no element, so it is no map")
            : GoXml.Map(metadata);
}
