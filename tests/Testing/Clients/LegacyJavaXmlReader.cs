using System.Globalization;
using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// Netflix's XML codec: XStream with hand-written converters; element names are decoded before anything looks at them.
/// </summary>
/// <remarks>
/// <para>Source: Netflix <c>Converters</c>, <c>XmlXStream</c>. Ports, country and version must be numbers to the letter (no
/// white space); text in a lease that is no number makes the converter lose its place; timestamps that are none are
/// skipped.</para>
/// </remarks>
public sealed class LegacyJavaXmlReader : IClientReader
{
    /// <inheritdoc/>
    public string Name => "Java (XML)";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Xml;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => false;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = ClientInstance.Members.Keys.ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => true;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        XmlElement root = XmlTree.Parse(Name, body, namespaces: false);
        string expected = document switch
        {
            ClientDocument.Application => "application",
            ClientDocument.Instance => "instance",
            _ => "applications",
        };
        if (NameOf(root) != expected)
        {
            throw Reject($"the root is {root.Name} and not {expected}");
        }

        return document switch
        {
            ClientDocument.Application => ClientView.Of(ReadApplication(root)),
            ClientDocument.Instance => ClientView.Of(ReadInstance(root)),
            _ => ReadApplications(root),
        };
    }

    private static string NameOf(XmlElement element) => XStreamNames.Decode(element.Name);

    private static ClientRejectsException Reject(string reason) => new("Java (XML)", reason);

    private static ClientView ReadApplications(XmlElement root)
    {
        long? version = null;
        string? hash = null;
        List<ClientApp> apps = [];
        foreach (XmlElement child in root.Elements())
        {
            switch (NameOf(child))
            {
                case "versions_delta":
                    version = Long(child);
                    break;
                case "apps_hashcode":
                    hash = child.DirectText();
                    break;
                case "application":
                    apps.Add(ReadApplication(child));
                    break;
            }
        }

        return new ClientView(version, hash, apps);
    }

    private static ClientApp ReadApplication(XmlElement root)
    {
        string? name = null;
        List<ClientInstance> instances = [];
        foreach (XmlElement child in root.Elements())
        {
            switch (NameOf(child))
            {
                case "name":
                    name = child.DirectText();
                    break;
                case "instance":
                    instances.Add(ReadInstance(child));
                    break;
            }
        }

        return new ClientApp(name ?? throw Reject("an application has no name"), instances);
    }

    private static ClientInstance ReadInstance(XmlElement root)
    {
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
        foreach (XmlElement child in root.Elements())
        {
            instance = With(instance, NameOf(child), child);
        }

        return string.IsNullOrEmpty(instance.Id) && instance.Host is null ? throw Reject("an instance has no id") : instance;
    }

    private static ClientInstance With(ClientInstance i, string name, XmlElement e) => name switch
    {
        "hostName" => i with { Host = e.DirectText() },
        "instanceId" => i with { Id = e.DirectText() },
        "app" => i with { App = e.DirectText().ToUpperInvariant() },
        "ipAddr" => i with { Ip = e.DirectText() },
        "sid" => i with { Sid = e.DirectText() },
        "status" => i with { Status = Status(e) },
        "overriddenstatus" or "overriddenStatus" => i with { Override = Status(e) },
        "port" => i with { Port = Int(e), PortEnabled = e.Attribute("enabled") != "false" },
        "securePort" => i with { SecurePort = Int(e), SecurePortEnabled = e.Attribute("enabled") == "true" },
        "countryId" => i with { Country = Int(e) },
        "dataCenterInfo" => WithDataCenter(i, e),
        "leaseInfo" => i with { Lease = ReadLease(e) },
        "metadata" => i with { Metadata = ReadMap(e) },
        "appGroupName" => i with { Group = e.DirectText() },
        "homePageUrl" => i with { HomePageUrl = e.DirectText() },
        "statusPageUrl" => i with { StatusPageUrl = e.DirectText() },
        "healthCheckUrl" => i with { HealthCheckUrl = e.DirectText() },
        "secureHealthCheckUrl" => i with { SecureHealthCheckUrl = e.DirectText() },
        "vipAddress" => i with { Vip = e.DirectText() },
        "secureVipAddress" => i with { SecureVip = e.DirectText() },
        "isCoordinatingDiscoveryServer" => i with { Coordinating = bool.TryParse(e.DirectText(), out bool b) && b },
        "lastUpdatedTimestamp" => i with { LastUpdatedMs = TryLong(e) ?? i.LastUpdatedMs },
        "lastDirtyTimestamp" => i with { LastDirtyMs = TryLong(e) ?? i.LastDirtyMs },
        "actionType" => i with { Action = JavaEnums.Action.Contains(e.DirectText()) ? e.DirectText() : null },
        "asgName" => i with { Asg = e.DirectText() },
        _ => i,
    };

    private static string Status(XmlElement e) =>
        JavaEnums.Status.FirstOrDefault(s => s.Equals(e.DirectText(), StringComparison.OrdinalIgnoreCase), "UNKNOWN");

    private static ClientInstance WithDataCenter(ClientInstance i, XmlElement dataCenter)
    {
        foreach (XmlElement child in dataCenter.Elements())
        {
            switch (NameOf(child))
            {
                case "name":
                    i = i with { DataCenter = DataCenterName(child.DirectText()) };
                    break;
                case "metadata" when i.DataCenter is null:
                    throw Reject("dataCenterInfo has its metadata before its name");
                case "metadata" when i.DataCenter == "Amazon":
                    i = i with { DataCenterMetadata = ReadMap(child) };
                    break;
            }
        }

        return i;
    }

    private static string DataCenterName(string text)
    {
        if (text.Equals("Amazon", StringComparison.OrdinalIgnoreCase))
        {
            return "Amazon";
        }

        return JavaEnums.DataCenter.Contains(text) ? text : throw Reject($"dataCenterInfo.name is unknown: {text}");
    }

    private static ClientLease ReadLease(XmlElement root)
    {
        ClientLease lease = new(30, 90, 0, 0, 0, 0);
        foreach (XmlElement child in root.Elements())
        {
            long value = TryLong(child) ?? throw Reject($"leaseInfo.{child.Name} is no number, the converter loses its place");
            lease = NameOf(child) switch
            {
                "renewalIntervalInSecs" => lease with { RenewalSeconds = value > 0 ? (int)value : 30 },
                "durationInSecs" => lease with { DurationSeconds = value > 0 ? (int)value : 90 },
                "registrationTimestamp" => lease with { RegisteredMs = value },
                "lastRenewalTimestamp" => lease with { RenewedMs = value },
                "evictionTimestamp" => lease with { EvictedMs = value },
                "serviceUpTimestamp" => lease with { UpMs = value },
                _ => lease,
            };
        }

        return lease;
    }

    private static Dictionary<string, string?> ReadMap(XmlElement root)
    {
        Dictionary<string, string?> map = [];
        foreach (XmlElement child in root.Elements())
        {
            map[NameOf(child)] = child.DirectText();
        }

        return map;
    }

    private static int Int(XmlElement e) =>
        int.TryParse(e.DirectText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int n)
            ? n
            : throw Reject($"{e.Name} is no int: '{e.DirectText()}'");

    private static long Long(XmlElement e) => TryLong(e) ?? throw Reject($"{e.Name} is no number: '{e.DirectText()}'");

    private static long? TryLong(XmlElement e) =>
        long.TryParse(e.DirectText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) ? n : null;
}
