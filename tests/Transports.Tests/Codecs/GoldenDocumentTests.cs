using System.Buffers;
using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

public class GoldenDocumentTests
{
    private readonly SteppedRegistry _stepped = new();

    private RegistryService Registry => _stepped.Registry;

    [Fact]
    public void An_empty_registry()
    {
        Assert.Equal(
            """{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}""",
            Encode.Full(Registry, Encode.Json)
        );
        Assert.Equal(
            """{"applications":{"application":[],"versions__delta":"1","apps__hashcode":""}}""",
            Encode.Full(Registry, Encode.CompactJson)
        );
        const string Xml = "<applications><versions__delta>1</versions__delta><apps__hashcode></apps__hashcode></applications>";
        Assert.Equal(Xml, Encode.Full(Registry, Encode.Xml));
        Assert.Equal(Xml, Encode.Full(Registry, Encode.CompactXml));
    }

    [Fact]
    public void All_services()
    {
        RegisterSamples();

        Assert.Equal(
            """{"applications":{"versions__delta":"1","apps__hashcode":"STARTING_1_UP_1_","application":["""
                + ServiceJson()
                + "]}}",
            Encode.Full(Registry, Encode.Json)
        );
        Assert.Equal(
            "<applications><versions__delta>1</versions__delta><apps__hashcode>STARTING_1_UP_1_</apps__hashcode>"
                + $"{ServiceXml(Golden.SpringXml, Golden.EverythingXml)}</applications>",
            Encode.Full(Registry, Encode.Xml)
        );
    }

    [Fact]
    public void All_services_compact()
    {
        RegisterSamples();
        string json = $$"""{"name":"DEMO","instance":[{{Golden.SpringCompactJson}},{{Golden.EverythingCompactJson}}]}""";

        Assert.Equal(
            $$$"""{"applications":{"application":[{{{json}}}],"versions__delta":"1","apps__hashcode":"STARTING_1_UP_1_"}}""",
            Encode.Full(Registry, Encode.CompactJson)
        );
        Assert.Equal(
            $"<applications>{ServiceXml(Golden.SpringCompactXml, Golden.EverythingCompactXml)}"
                + "<versions__delta>1</versions__delta><apps__hashcode>STARTING_1_UP_1_</apps__hashcode></applications>",
            Encode.Full(Registry, Encode.CompactXml)
        );
    }

    [Fact]
    public void Two_services()
    {
        _stepped.Register(Read.Json(Samples.Spring) with { Service = "b" });
        _stepped.Register(Read.Json(Samples.Spring) with { Service = "a" });
        string a = Golden.SpringCompactJson.Replace("\"DEMO\"", "\"A\"", StringComparison.Ordinal);
        string b = Golden.SpringCompactJson.Replace("\"DEMO\"", "\"B\"", StringComparison.Ordinal);

        Assert.Equal(
            $$"""{"applications":{"application":[{"name":"A","instance":[{{a}}]},{"name":"B","instance":[{{b}}]}"""
                + """],"versions__delta":"1","apps__hashcode":"UP_2_"}}""",
            Encode.Full(Registry, Encode.CompactJson)
        );
    }

    [Fact]
    public void One_service()
    {
        RegisterSamples();

        Assert.Equal("{\"application\":" + ServiceJson() + "}", Encode.Service(Registry, "demo", Encode.Json));
        Assert.Equal(ServiceXml(Golden.SpringXml, Golden.EverythingXml), Encode.Service(Registry, "Demo", Encode.Xml));
        Assert.Equal(
            ServiceXml(Golden.SpringCompactXml, Golden.EverythingCompactXml),
            Encode.Service(Registry, "DEMO", Encode.CompactXml)
        );
    }

    [Fact]
    public void Instances_of_a_virtual_address_are_never_a_base_for_deltas()
    {
        RegisterSamples();

        Assert.Equal(
            """{"applications":{"versions__delta":"-1","apps__hashcode":"STARTING_1_","application":["""
                + $$"""{"name":"DEMO","instance":[{{Golden.EverythingJson}}]}"""
                + "]}}",
            Encode.Vip(Registry, "demo2", Encode.Json)
        );
        Assert.Equal(
            """{"applications":{"versions__delta":"-1","apps__hashcode":"","application":[]}}""",
            Encode.Vip(Registry, "Demo2", Encode.Json)
        );
        Assert.Equal(
            "<applications><versions__delta>-1</versions__delta><apps__hashcode></apps__hashcode></applications>",
            Encode.Vip(Registry, "nobody", Encode.CompactXml)
        );
    }

    [Fact]
    public void A_delta_says_what_was_done_and_has_the_hash_of_all()
    {
        RegisterSamples();
        _stepped.Clock.Pass(TimeSpan.FromSeconds(1));
        _stepped.Cancel("demo", "h:demo:1");
        _stepped.SetStatus("demo", "i-123", InstanceStatus.Down);

        string removed = AtNextSecond(Golden.SpringJson)
            .Replace("\"evictionTimestamp\":0", "\"evictionTimestamp\":1795334401000", StringComparison.Ordinal)
            .Replace("ADDED", "DELETED", StringComparison.Ordinal);
        string changed = AtNextSecond(Golden.EverythingJson)
            .Replace("OUT_OF_SERVICE", "DOWN", StringComparison.Ordinal)
            .Replace("ADDED", "MODIFIED", StringComparison.Ordinal);
        Assert.Equal(
            """{"applications":{"versions__delta":"1","apps__hashcode":"STARTING_1_","application":["""
                + $$"""{"name":"DEMO","instance":[{{changed}},{{removed}}]}"""
                + "]}}",
            Encode.Delta(Registry, Encode.Json)
        );
    }

    [Fact]
    public void A_delta_without_changes_has_an_empty_array()
    {
        Assert.Equal(
            """{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}""",
            Encode.Delta(Registry, Encode.Json)
        );
    }

    [Fact]
    public void One_instance()
    {
        RegisterSamples();
        InstanceView spring = View("h:demo:1");
        InstanceView everything = View("i-123");

        Assert.Equal($$"""{"instance":{{Golden.SpringJson}}}""", Text(o => Encode.Json.WriteSingleInstance(o, spring)));
        Assert.Equal($$"""{"instance":{{Golden.EverythingJson}}}""", Text(o => Encode.Json.WriteSingleInstance(o, everything)));
        Assert.Equal(Golden.EverythingJson, Text(o => Encode.Json.WriteBareInstance(o, everything)));
        Assert.Equal(Golden.SpringXml, Text(o => Encode.Xml.WriteSingleInstance(o, spring)));
        Assert.Equal(Golden.EverythingXml, Text(o => Encode.Xml.WriteSingleInstance(o, everything)));
    }

    [Fact]
    public void An_answer_to_a_batch()
    {
        RegisterSamples();

        Assert.Equal(
            """{"responseList":[{"statusCode":200},{"statusCode":409,"responseEntity":"""
                + Golden.EverythingJson
                + """},{"statusCode":404}]}""",
            Text(o => BatchResponseWriter.Write(o, [(200, null), (409, View("i-123")), (404, null)]))
        );
        Assert.Equal("""{"responseList":[]}""", Text(o => BatchResponseWriter.Write(o, [])));
    }

    [Fact]
    public void Leases_of_parts_of_seconds_are_shown_longer_and_never_as_0()
    {
        _stepped.Register("a", "i", lease: TimeSpan.FromMilliseconds(1_500), interval: TimeSpan.FromMilliseconds(1_001));

        string json = Text(o => Encode.Json.WriteBareInstance(o, Encode.View(Registry, _stepped.Find("a", "i")!)));

        Assert.Contains("\"renewalIntervalInSecs\":2,\"durationInSecs\":2,", json, StringComparison.Ordinal);
    }

    private static string ServiceJson() => $$"""{"name":"DEMO","instance":[{{Golden.SpringJson}},{{Golden.EverythingJson}}]}""";

    private static string ServiceXml(params string[] instances) =>
        $"<application><name>DEMO</name>{string.Concat(instances)}</application>";

    private static string AtNextSecond(string json) =>
        json.Replace(
            "\"lastUpdatedTimestamp\":\"1795334400000\"",
            "\"lastUpdatedTimestamp\":\"1795334401000\"",
            StringComparison.Ordinal
        );

    private static string Text(Action<IBufferWriter<byte>> write) => Encoding.UTF8.GetString(Encode.Bytes(write));

    private InstanceView View(string id) => Encode.View(Registry, _stepped.Find("demo", id)!);

    private void RegisterSamples()
    {
        // A peer's record: so the override in it counts.
        _stepped.Register(Read.Json(Samples.Everything), WriteSource.Peer);
        _stepped.Register(Read.Json(Samples.Spring));
    }
}
