using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// Prometheus' <c>eureka_sd_configs</c> (and VictoriaMetrics'): <c>GET /apps</c> without an Accept header, read as XML.
/// </summary>
/// <remarks>
/// <para>Source: prometheus <c>discovery/eureka/client.go</c>. Labels take metadata as inner XML, names escaped and markup as
/// written; the model shows the text. The root's name is not looked at.</para>
/// </remarks>
public sealed class PrometheusReader : IClientReader
{
    private static readonly GoXml Go = new("Prometheus");

    private static readonly string[] NotRead =
    [
        nameof(ClientInstance.Group), nameof(ClientInstance.Sid), nameof(ClientInstance.Override), nameof(ClientInstance.Lease),
        nameof(ClientInstance.LastUpdatedMs), nameof(ClientInstance.LastDirtyMs), nameof(ClientInstance.SecureHealthCheckUrl),
        nameof(ClientInstance.Asg),
    ];

    /// <inheritdoc/>
    public string Name => "Prometheus";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Xml;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => true;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = ClientInstance.Members.Keys.Except(NotRead).ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => document is ClientDocument.Full;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        XmlElement root = XmlTree.Parse(Name, body, namespaces: false);
        return new ClientView(
            Go.Int(root, "versions__delta"),
            GoXml.Text(root, "apps__hashcode"),
            [.. GoXml.All(root, "application").Select(ReadApplication)]);
    }

    private static ClientApp ReadApplication(XmlElement application) =>
        new(GoXml.Text(application, "name"), [.. GoXml.All(application, "instance").Select(ReadInstance)]);

    private static ClientInstance ReadInstance(XmlElement i)
    {
        (int Number, bool Enabled)? port = Go.Port(i, "port");
        (int Number, bool Enabled)? securePort = Go.Port(i, "securePort");
        XmlElement? dataCenter = GoXml.Last(i, "dataCenterInfo");
        return new ClientInstance
        {
            Id = GoXml.Text(i, "instanceId"),
            App = GoXml.Text(i, "app"),
            Host = GoXml.Text(i, "hostName"),
            Ip = GoXml.Text(i, "ipAddr"),
            Status = GoXml.Text(i, "status"),
            Vip = GoXml.Text(i, "vipAddress"),
            SecureVip = GoXml.Text(i, "secureVipAddress"),
            HomePageUrl = GoXml.Text(i, "homePageUrl"),
            StatusPageUrl = GoXml.Text(i, "statusPageUrl"),
            HealthCheckUrl = GoXml.Text(i, "healthCheckUrl"),
            Action = GoXml.Text(i, "actionType"),
            Country = Go.Int(i, "countryId"),
            Coordinating = Go.Bool(i, "isCoordinatingDiscoveryServer"),
            Port = port?.Number,
            PortEnabled = port?.Enabled,
            SecurePort = securePort?.Number,
            SecurePortEnabled = securePort?.Enabled,
            DataCenter = dataCenter is null ? null : GoXml.Text(dataCenter, "name"),
            DataCenterMetadata = dataCenter is null ? null : MapOf(dataCenter),
            Metadata = MapOf(i),
        };
    }

    private static Dictionary<string, string?>? MapOf(XmlElement parent) =>
        GoXml.Last(parent, "metadata") is { } metadata ? GoXml.Map(metadata) : null;
}
