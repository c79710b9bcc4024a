using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.HttpServer.Documents;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Eureka's document about the server itself, and its map of overrides.</summary>
/// <remarks>
/// <para>Source: StatusInfo of Netflix/eureka; the root element and <c>isHeathly</c> are spelled as there.</para>
/// <para>
/// The JSON is always 200: a Java server fails unless a minimum of peers is configured, because its health flag is then null.
/// </para>
/// </remarks>
internal sealed class ServerStatus(RegistryService registry)
{
    private const string XmlRoot = "com.netflix.eureka.util.StatusInfo";
    private const string ServiceOfSelf = "EUREKA";
    private const string DataCenterClass = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";

    private static readonly XmlWriterSettings s_xmlSettings = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        Encoding = new UTF8Encoding(false),
    };

    private readonly string _host = Dns.GetHostName();

    public void Status(Exchange exchange)
    {
        bool json = Variant.WantsJson(exchange.RequestHeaders);
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.Vary = Names.VaryAccept;
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(json ? Names.Json : Names.Xml, json ? StatusAsJson() : StatusAsXml());
    }

    public void Overrides(Exchange exchange)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output))
        {
            WriteOverrides(json);
        }

        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.Json, output.WrittenMemory);
    }

    /// <summary>Eureka's map knows ids only; of an id in two services the lower service's override is shown.</summary>
    private void WriteOverrides(Utf8JsonWriter json)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        foreach (Instance instance in registry.ReadSnapshot().Instances())
        {
            if (instance.Override is { } overriding && shown.Add(instance.Id))
            {
                json.WriteString(instance.IdUtf8, EurekaStatus.Utf8(overriding.Status));
            }
        }

        json.WriteEndObject();
    }

    private ReadOnlyMemory<byte> StatusAsJson()
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WriteMap(json, "generalStats", GeneralStats());
            WriteMap(json, "applicationStats", ReplicaStats());
            WriteSelf(json);
            json.WriteBoolean("healthy", true);
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private byte[] StatusAsXml()
    {
        using var output = new MemoryStream();
        using (var xml = XmlWriter.Create(output, s_xmlSettings))
        {
            xml.WriteStartElement(XmlRoot);
            WriteMap(xml, "generalStats", GeneralStats());
            WriteMap(xml, "applicationStats", ReplicaStats());
            WriteSelf(xml);
            xml.WriteElementString("isHeathly", "true");
            xml.WriteEndElement();
        }

        return output.ToArray();
    }

    private List<(string Key, string Value)> GeneralStats()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long used = GC.GetTotalMemory(forceFullCollection: false) >> 20;
        long available = Math.Max(1, memory.TotalAvailableMemoryBytes >> 20);
        TimeSpan up = registry.Now.SinceStart;
        return
        [
            ("environment", "default"),
            ("num-of-cpus", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
            ("total-avail-memory", string.Create(CultureInfo.InvariantCulture, $"{available}mb")),
            ("current-memory-usage", string.Create(CultureInfo.InvariantCulture, $"{used}mb ({100 * used / available}%)")),
            ("server-uptime", string.Create(CultureInfo.InvariantCulture, $"{(int)up.TotalHours:00}:{up.Minutes:00}")),
        ];
    }

    /// <summary>The configured peers that are no node itself; separated as Eureka does it.</summary>
    private List<(string Key, string Value)> ReplicaStats()
    {
        PeerReport[] replicas =
        [
            .. (registry.Cluster?.Report(registry.Now) ?? []).Where(peer => peer is { IsConfigured: true, State: not PeerState.Self }),
        ];
        return
        [
            ("registered-replicas", string.Join(", ", replicas.Select(peer => peer.Address))),
            ("available-replicas", string.Concat(Addresses(linked: true))),
            ("unavailable-replicas", string.Concat(Addresses(linked: false))),
        ];

        IEnumerable<string> Addresses(bool linked) =>
            replicas.Where(peer => peer.State == PeerState.Linked == linked).Select(peer => $"{peer.Address},");
    }

    private static void WriteMap(Utf8JsonWriter json, string name, List<(string Key, string Value)> map)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteMap(XmlWriter xml, string name, List<(string Key, string Value)> map)
    {
        xml.WriteStartElement(name);
        foreach ((string key, string value) in map)
        {
            xml.WriteElementString(key, value);
        }

        xml.WriteEndElement();
    }

    private void WriteSelf(Utf8JsonWriter json)
    {
        json.WriteStartObject("instanceInfo");
        json.WriteString("instanceId", _host);
        json.WriteString("hostName", _host);
        json.WriteString("app", ServiceOfSelf);
        json.WriteString("ipAddr", IPAddress.Loopback.ToString());
        json.WriteString("status", EurekaStatus.Utf8(InstanceStatus.Up));
        json.WriteStartObject("dataCenterInfo");
        json.WriteString("@class", DataCenterClass);
        json.WriteString("name", "MyOwn");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteSelf(XmlWriter xml)
    {
        xml.WriteStartElement("instanceInfo");
        xml.WriteElementString("instanceId", _host);
        xml.WriteElementString("hostName", _host);
        xml.WriteElementString("app", ServiceOfSelf);
        xml.WriteElementString("ipAddr", IPAddress.Loopback.ToString());
        xml.WriteElementString("status", EurekaStatus.Text(InstanceStatus.Up));
        xml.WriteStartElement("dataCenterInfo");
        xml.WriteAttributeString("class", DataCenterClass);
        xml.WriteElementString("name", "MyOwn");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }
}
