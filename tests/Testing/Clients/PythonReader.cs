using System.Globalization;
using System.Numerics;
using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// py-eureka-client: XML by ElementTree, where the text of an empty element is None and <c>int(None)</c> is a TypeError.
/// </summary>
/// <remarks>
/// <para>Source: keijack/python-eureka-client <c>eureka_basic.py</c>. <c>class</c> of dataCenterInfo and <c>enabled</c> of
/// ports are looked up without asking (KeyError). expat refuses a prefix that nobody declared. Only the lower-case override is
/// known.</para>
/// </remarks>
public sealed class PythonReader : IClientReader
{
    /// <inheritdoc/>
    public string Name => "Python";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Xml;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => true;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = ClientInstance.Members.Keys.ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => true;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        XmlElement root = XmlTree.Parse(Name, body, namespaces: true);
        return document switch
        {
            ClientDocument.Application => ClientView.Of(ReadApplication(Expect(root, "application"))),
            ClientDocument.Instance => ClientView.Of(ReadInstance(Expect(root, "instance"))),
            _ => ReadApplications(Expect(root, "applications")),
        };
    }

    private static ClientRejectsException Reject(string reason) => new("Python", reason);

    private static XmlElement Expect(XmlElement root, string name) =>
        Tag(root) == name ? root : throw Reject($"the root is {Tag(root)} and not {name}: it returns None");

    private static string Tag(XmlElement e) => e.NamespaceURI.Length == 0 ? e.LocalName : $"{{{e.NamespaceURI}}}{e.LocalName}";

    private static ClientView ReadApplications(XmlElement root)
    {
        string? version = null;
        string? hash = null;
        List<ClientApp> apps = [];
        foreach (XmlElement child in root.Elements())
        {
            switch (Tag(child))
            {
                case "versions__delta":
                    version = child.LeadingText();
                    break;
                case "apps__hashcode":
                    hash = child.LeadingText() ?? "";
                    break;
                case "application":
                    apps.Add(ReadApplication(child));
                    break;
            }
        }

        return new ClientView(version is null ? null : long.Parse(version, CultureInfo.InvariantCulture), hash, apps);
    }

    private static ClientApp ReadApplication(XmlElement root)
    {
        string? name = "";
        List<ClientInstance> instances = [];
        foreach (XmlElement child in root.Elements())
        {
            switch (Tag(child))
            {
                case "name":
                    name = child.LeadingText();
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
        ClientInstance instance = new();
        foreach (XmlElement child in root.Elements())
        {
            instance = With(instance, Tag(child), child);
        }

        return instance;
    }

    private static ClientInstance With(ClientInstance i, string tag, XmlElement e) => tag switch
    {
        "instanceId" => i with { Id = e.LeadingText() },
        "sid" => i with { Sid = e.LeadingText() },
        "app" => i with { App = e.LeadingText() },
        "appGroupName" => i with { Group = e.LeadingText() },
        "ipAddr" => i with { Ip = e.LeadingText() },
        "port" => i with { Port = (int)Int(e), PortEnabled = Required(e, "enabled") == "true" },
        "securePort" => i with { SecurePort = (int)Int(e), SecurePortEnabled = Required(e, "enabled") == "true" },
        "homePageUrl" => i with { HomePageUrl = e.LeadingText() },
        "statusPageUrl" => i with { StatusPageUrl = e.LeadingText() },
        "healthCheckUrl" => i with { HealthCheckUrl = e.LeadingText() },
        "secureHealthCheckUrl" => i with { SecureHealthCheckUrl = e.LeadingText() },
        "vipAddress" => i with { Vip = e.LeadingText() },
        "secureVipAddress" => i with { SecureVip = e.LeadingText() },
        "countryId" => i with { Country = Int(e) },
        "dataCenterInfo" => WithDataCenter(i, e),
        "hostName" => i with { Host = e.LeadingText() },
        "status" => i with { Status = e.LeadingText() },
        "overriddenstatus" => i with { Override = e.LeadingText() },
        "leaseInfo" => i with { Lease = ReadLease(e) },
        "isCoordinatingDiscoveryServer" => i with { Coordinating = e.LeadingText() == "true" },
        "metadata" => i with { Metadata = ReadMap(e) },
        "lastUpdatedTimestamp" => i with { LastUpdatedMs = Int(e) },
        "lastDirtyTimestamp" => i with { LastDirtyMs = Int(e) },
        "actionType" => i with { Action = e.LeadingText() },
        "asgName" => i with { Asg = e.LeadingText() },
        _ => i,
    };

    private static ClientInstance WithDataCenter(ClientInstance i, XmlElement dataCenter)
    {
        Required(dataCenter, "class");
        foreach (XmlElement child in dataCenter.Elements())
        {
            i = Tag(child) switch
            {
                "name" => i with { DataCenter = child.LeadingText() },
                "metadata" => i with { DataCenterMetadata = ReadMap(child) },
                _ => i,
            };
        }

        return i;
    }

    private static ClientLease ReadLease(XmlElement root)
    {
        ClientLease lease = new(30, 90, 0, 0, 0, 0);
        foreach (XmlElement child in root.Elements())
        {
            lease = Tag(child) switch
            {
                "renewalIntervalInSecs" => lease with { RenewalSeconds = (int)Int(child) },
                "durationInSecs" => lease with { DurationSeconds = (int)Int(child) },
                "registrationTimestamp" => lease with { RegisteredMs = Int(child) },
                "lastRenewalTimestamp" => lease with { RenewedMs = Int(child) },
                "evictionTimestamp" => lease with { EvictedMs = Int(child) },
                "serviceUpTimestamp" => lease with { UpMs = Int(child) },
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
            map[Tag(child)] = child.LeadingText();
        }

        return map;
    }

    private static string Required(XmlElement e, string attribute) =>
        e.Attribute(attribute) ?? throw Reject($"KeyError: '{attribute}' of {e.Name}");

    /// <summary>Python's int: trimmed, of any size; what no int64 holds is shown clipped.</summary>
    private static long Int(XmlElement e)
    {
        string text = e.LeadingText() ?? throw Reject($"TypeError: int() of None, {e.Name} is empty");
        return BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger n)
            ? (long)BigInteger.Clamp(n, long.MinValue, long.MaxValue)
            : throw Reject($"ValueError: invalid literal for int() in {e.Name}: '{text}'");
    }
}
