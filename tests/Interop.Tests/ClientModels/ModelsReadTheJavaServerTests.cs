using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.ClientModels;

/// <summary>A model that refuses what the Java server sends is wrong: it would make this server answer differently.</summary>
public sealed class ModelsReadTheJavaServerTests
{
    /// <summary>Every reader with every document that its client asks for.</summary>
    public static TheoryData<string, ClientDocument> Readers() => Pairs(Enum.GetValues<ClientDocument>());

    /// <summary>Every reader with every document that lists applications.</summary>
    public static TheoryData<string, ClientDocument> ReadersOfLists() =>
        Pairs([ClientDocument.Full, ClientDocument.Delta, ClientDocument.Vip]);

    private static TheoryData<string, ClientDocument> Pairs(ClientDocument[] documents)
    {
        TheoryData<string, ClientDocument> data = [];
        foreach (IClientReader reader in KnownClients.All)
        {
            foreach (ClientDocument document in documents.Where(reader.AsksFor))
            {
                data.Add(reader.Name, document);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_recorded_answer_is_read_with_its_values(string client, ClientDocument document)
    {
        IClientReader reader = Reader(client);
        string text = Slice(document, reader.Format, EurekaDocuments.FullJson, EurekaDocuments.FullXml);

        ClientInstance seen = reader.Read(document, Encoding.UTF8.GetBytes(text)).Instances.First();

        ClientInstance sent = Sent;
        foreach (string member in reader.Reads)
        {
            Assert.Equal((member, ClientInstance.Members[member](sent)), (member, ClientInstance.Members[member](seen)));
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_recorded_compact_answer_is_read(string client, ClientDocument document)
    {
        IClientReader reader = Reader(client);
        string text = Slice(document, reader.Format, EurekaDocuments.CompactJson, EurekaDocuments.CompactXml);

        ClientInstance seen = reader.Read(document, Encoding.UTF8.GetBytes(text)).Instances.Single();

        Assert.Equal(("h1:demo:8080", "UP", 8080), (seen.Id, seen.Status, seen.Port));
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void An_Amazon_instance_and_escaped_names_are_read(string client, ClientDocument document)
    {
        IClientReader reader = Reader(client);
        JsonNode json = JsonNode.Parse(EurekaDocuments.FullJson)!;
        ((JsonArray)json["applications"]!["application"]![0]!["instance"]!).RemoveAt(0);
        string text = Slice(document, reader.Format, json.ToJsonString(), EurekaDocuments.AmazonXml);

        ClientInstance seen = reader.Read(document, Encoding.UTF8.GetBytes(text)).Instances.Single();

        Assert.Equal("i-123", seen.Id);
        if (reader.Reads.Contains(nameof(ClientInstance.Metadata)))
        {
            Assert.Equal("x", seen.Metadata![reader.KeepsEscapedNames ? "zone__a" : "zone_a"]);
            Assert.Equal("9", seen.Metadata![reader.KeepsEscapedNames ? "price_-" : "price$"]);
        }

        if (reader.Reads.Contains(nameof(ClientInstance.DataCenterMetadata)))
        {
            Assert.Equal("us-east-1a", seen.DataCenterMetadata!["availability-zone"]);
        }
    }

    [Theory]
    [MemberData(nameof(ReadersOfLists))]
    public void An_empty_registry_is_read(string client, ClientDocument document)
    {
        IClientReader reader = Reader(client);
        string text = reader.Format == WireFormat.Json ? EurekaDocuments.EmptyJson : EurekaDocuments.EmptyXml;

        Assert.Empty(reader.Read(document, Encoding.UTF8.GetBytes(text)).Apps);
    }

    [Fact]
    public void Text_that_XML_must_escape_arrives_unescaped()
    {
        ClientView view = new LegacyJavaXmlReader().Read(ClientDocument.Full, Encoding.UTF8.GetBytes(EurekaDocuments.AmazonXml));

        Assert.Equal("<&>", view.Instances.Single().Metadata!["a b"]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("zone_a", "zone__a")]
    [InlineData("price$", "price_-")]
    [InlineData("a b", "a_.0020b")]
    [InlineData("1st", "_.0031st")]
    [InlineData("a/b@c", "a_.002fb_.0040c")]
    [InlineData("_", "__")]
    [InlineData("x_.y", "x__.y")]
    public void XStream_names_go_there_and_back(string key, string name)
    {
        Assert.Equal(name, XStreamNames.Encode(key));
        Assert.Equal(key, XStreamNames.Decode(name));
    }

    [Fact]
    public void A_colon_is_legal_to_Java_escaped_or_not()
    {
        Assert.Equal("a:b", XStreamNames.Encode("a:b"));
        Assert.Equal("a:b", XStreamNames.Decode(XStreamNames.EncodeWithoutPrefix("a:b")));
    }

    [Theory]
    [InlineData("my_key", "my_key")]
    [InlineData("end_", "end_")]
    [InlineData("_.00", "_.00")]
    public void An_underscore_that_begins_no_escape_stands_for_itself(string name, string key) =>
        Assert.Equal(key, XStreamNames.Decode(name));

    private static ClientInstance Sent => new()
    {
        Id = "h1:demo:8080",
        App = "DEMO",
        Group = "GRP",
        Host = "h1.example",
        Ip = "10.0.0.1",
        Status = "UP",
        Override = "UNKNOWN",
        Port = 8080,
        PortEnabled = true,
        SecurePort = 8443,
        SecurePortEnabled = false,
        Country = 1,
        DataCenter = "MyOwn",
        Lease = new ClientLease(30, 90, 1700000000001, 1700000030002, 0, 1700000000003),
        HomePageUrl = "http://h1.example:8080/",
        StatusPageUrl = "http://h1.example:8080/info",
        HealthCheckUrl = "http://h1.example:8080/health",
        Vip = "demo",
        SecureVip = "demo",
        Coordinating = false,
        LastUpdatedMs = 1700000000004,
        LastDirtyMs = 1700000000005,
        Action = "ADDED",
        Asg = "asg-v001",
    };

    internal static IClientReader Reader(string name) => KnownClients.All.Single(r => r.Name == name);

    /// <summary>The document of this kind that a full one contains.</summary>
    internal static string Slice(ClientDocument document, WireFormat format, string json, string xml)
    {
        if (document is not (ClientDocument.Application or ClientDocument.Instance))
        {
            return format == WireFormat.Json ? json : xml;
        }

        if (format == WireFormat.Xml)
        {
            XElement application = XElement.Parse(xml).Element("application")!;
            return (document == ClientDocument.Application ? application : application.Element("instance")!).ToString();
        }

        JsonNode app = JsonNode.Parse(json)!["applications"]!["application"]![0]!;
        JsonObject root = document == ClientDocument.Application
            ? new JsonObject { ["application"] = app.DeepClone() }
            : new JsonObject { ["instance"] = app["instance"]![0]!.DeepClone() };
        return root.ToJsonString();
    }
}
