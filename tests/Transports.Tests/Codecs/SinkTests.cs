using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>What the sinks do with text that the core would not let in: still well-formed documents.</summary>
public class SinkTests
{
    [Fact]
    public void Every_character_up_to_U_2FF_is_read_back_from_JSON()
    {
        string text = string.Concat(Enumerable.Range(0, 0x300).Select(c => (char)c));

        using var json = JsonDocument.Parse(Json(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(text, json.RootElement.GetProperty("sid").GetString());
    }

    [Fact]
    public void JSON_escapes_what_it_must_and_nothing_more() =>
        Assert.Equal(
            "{\"sid\":\"\\\"\\\\/\\u000a\\u0000\\u001f\u007fé\u2028<>&'\"}",
            Encoding.UTF8.GetString(Json("\"\\/\n\0\u001f\u007fé\u2028<>&'"u8.ToArray()))
        );

    [Fact]
    public void Every_character_that_XML_can_hold_is_read_back()
    {
        string text =
            "\t\n\r" + string.Concat(Enumerable.Range(0x20, 0xD7E0).Select(c => (char)c)) + "\uE000\uF000\uFDD0\uFFFD😀";

        Assert.Equal(text, Parse(Xml(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void What_XML_cannot_hold_becomes_the_replacement_character()
    {
        string controls = string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c).Except("\t\n\r"));

        Assert.Equal(new string('\uFFFD', controls.Length), Parse(Xml(Encoding.UTF8.GetBytes(controls))));
        Assert.Equal("a\uFFFDb\uFFFDc", Parse(Xml("a\uFFFEb\uFFFFc"u8.ToArray())));
    }

    [Theory]
    [InlineData("zone_a", "zone__a")]
    [InlineData("price$", "price_-")]
    [InlineData("a b", "a_.0020b")]
    [InlineData("1st", "_.0031st")]
    [InlineData("-x", "_.002dx")]
    [InlineData("x-.1", "x-.1")]
    [InlineData("a:b", "a_.003ab")]
    [InlineData("größe", "größe")]
    [InlineData("😀", "_.d83d_.de00")]
    [InlineData("_.0041", "__.0041")]
    [InlineData("<&>", "_.003c_.0026_.003e")]
    public void A_key_becomes_the_name_that_XStream_gives_it(string key, string name) =>
        Assert.Equal($"<{name}>v</{name}>", Encoding.UTF8.GetString(Pair(key)));

    [Fact]
    public void Every_character_can_be_a_key_at_any_place()
    {
        foreach (int code in Enumerable.Range(1, 0xFFFF).Where(c => c is < 0xD800 or > 0xDFFF))
        {
            string key = $"{(char)code}a{(char)code}";
            string name = XElement.Parse(Encoding.UTF8.GetString(Pair(key))).Name.LocalName;

            Assert.True(XmlNames.TryDecode(name, out string decoded));
            Assert.Equal(key, decoded);
        }
    }

    private static byte[] Json(byte[] text) =>
        Encode.Bytes(output =>
        {
            var sink = new JsonSink(output);
            sink.OpenObject();
            sink.Text(Member.Sid, text);
            sink.CloseObject();
            sink.Flush();
        });

    private static byte[] Xml(byte[] text) =>
        Encode.Bytes(output =>
        {
            var sink = new XmlSink(output);
            sink.Text(Member.Sid, text);
            sink.Flush();
        });

    private static byte[] Pair(string key) =>
        Encode.Bytes(output =>
        {
            var sink = new XmlSink(output);
            sink.Pair(Encoding.UTF8.GetBytes(key), "v"u8);
            sink.Flush();
        });

    private static string Parse(byte[] xml) => XElement.Load(new MemoryStream(xml), LoadOptions.PreserveWhitespace).Value;
}
