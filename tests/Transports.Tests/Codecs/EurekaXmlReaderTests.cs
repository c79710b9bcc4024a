using System.Text;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

public class EurekaXmlReaderTests
{
    [Fact]
    public void Everything_is_read_as_from_JSON() =>
        RegistrationAssert.Equal(Read.Json(Samples.Everything), Read.Xml(Samples.EverythingXml));

    [Fact]
    public void The_least_gets_Eurekas_defaults() => RegistrationAssert.Equal(Read.Json(Samples.Json()), Read.Xml(Samples.Xml()));

    [Theory]
    [InlineData("<port>8080</port>", 8080, true)]
    [InlineData("<port enabled='true'> 8080\n</port>", 8080, true)]
    [InlineData("<port enabled='false'>8080</port>", 8080, false)]
    [InlineData("<port enabled='False'>8080</port>", 8080, true)]
    [InlineData("<port other='false'>8<!-- comment -->0<![CDATA[8]]>0</port>", 8080, true)]
    [InlineData("", 7001, true)]
    public void A_port_is_on_unless_it_says_false(string element, int number, bool enabled)
    {
        Registration read = Read.Xml(Samples.Xml(element));

        Assert.Equal((number, enabled), (read.Port, read.PortEnabled));
    }

    [Theory]
    [InlineData("<securePort>8443</securePort>", 8443, false)]
    [InlineData("<securePort enabled='true'>8443</securePort>", 8443, true)]
    [InlineData("<securePort enabled='True'>8443</securePort>", 8443, false)]
    [InlineData("", 7002, false)]
    public void A_secure_port_is_off_unless_it_says_true(string element, int number, bool enabled)
    {
        Registration read = Read.Xml(Samples.Xml(element));

        Assert.Equal((number, enabled), (read.SecurePort, read.SecurePortEnabled));
    }

    [Theory]
    [InlineData("<status>down</status>", InstanceStatus.Down)]
    [InlineData("<status>Out_Of_Service</status>", InstanceStatus.OutOfService)]
    [InlineData("<status>asleep</status>", InstanceStatus.Unknown)]
    [InlineData("<status/>", InstanceStatus.Unknown)]
    [InlineData("", InstanceStatus.Up)]
    public void A_status_is_compared_without_case(string element, InstanceStatus expected) =>
        Assert.Equal(expected, Read.Xml(Samples.Xml(element)).Status);

    [Theory]
    [InlineData("<overriddenstatus>down</overriddenstatus>", InstanceStatus.Down)]
    [InlineData("<overriddenStatus>DOWN</overriddenStatus>", InstanceStatus.Down)]
    [InlineData("<overriddenStatus>DOWN</overriddenStatus><overriddenstatus>UP</overriddenstatus>", InstanceStatus.Up)]
    [InlineData("<overriddenstatus>UNKNOWN</overriddenstatus>", null)]
    public void Both_spellings_of_the_override_are_read(string element, InstanceStatus? expected) =>
        Assert.Equal(expected, Read.Xml(Samples.Xml(element)).Override);

    [Theory]
    [InlineData("zone__a", "zone_a")]
    [InlineData("price_-", "price$")]
    [InlineData("a_.0020b", "a b")]
    [InlineData("_.0031st", "1st")]
    [InlineData("my_key", "my_key")]
    [InlineData("_", "_")]
    [InlineData("a_.00", "a_.00")]
    [InlineData("a_.zzzz", "a_.zzzz")]
    [InlineData("__.0031", "_.0031")]
    [InlineData("a__-b", "a_-b")]
    [InlineData("_.d83d_.de00", "😀")]
    [InlineData("größe", "größe")]
    [InlineData("a:b", "a:b")]
    public void A_key_of_metadata_is_unescaped(string element, string key) =>
        Assert.Equal(
            [new(key, "v")],
            Read.Xml(Samples.Xml($"<metadata><{element}>v</{element}></metadata>")).Metadata.AsEnumerable()
        );

    [Fact]
    public void Values_of_metadata_keep_their_white_space_and_entities()
    {
        Registration read = Read.Xml(
            Samples.Xml(
                "<metadata class='x'><a>  </a><b/><c></c><d>&lt;&amp;&gt;&quot;&apos;&#13;&#x1F600;\n\t</d>"
                    + "<e>1<!-- 2 -->3<?pi 4?><![CDATA[<5>]]></e></metadata>"
            )
        );

        Assert.Equal(
            [new("a", "  "), new("b", ""), new("c", ""), new("d", "<&>\"'\r😀\n\t"), new("e", "13<5>")],
            read.Metadata.AsEnumerable()
        );
    }

    [Fact]
    public void Unknown_elements_of_any_shape_are_stepped_over() =>
        RegistrationAssert.Equal(
            Read.Xml(Samples.Xml()),
            Read.Xml(
                Samples.Xml(
                    "text<x>1</x><y a='b'><hostName>no</hostName><z><app>no</app></z></y><w/><actionType><a/></actionType>"
                        + "<lastUpdatedTimestamp/><identifyingAttribute>q</identifyingAttribute>"
                        + "<e:x xmlns:e='urn:e'/><xi:include href='file:///etc/passwd'/>"
                )
            )
        );

    [Fact]
    public void Of_elements_that_come_twice_the_last_counts()
    {
        Registration read = Read.Xml(
            Samples.Xml(
                "<hostName>last</hostName><metadata><a>1</a></metadata><metadata><b>2</b><c>3</c><b>4</b></metadata>"
                    + "<leaseInfo><durationInSecs>5</durationInSecs></leaseInfo><leaseInfo/>"
                    + "<dataCenterInfo><name>Netflix</name></dataCenterInfo>"
            )
        );

        Assert.Equal(("last", null), (read.HostName, read.LeaseDuration));
        Assert.Equal([new("b", "4"), new("c", "3")], read.Metadata.AsEnumerable());
        Assert.Equal([new("eureka.dc", "Netflix")], read.Attributes.AsEnumerable());
    }

    [Theory]
    [InlineData("<instance/>", "Missing instanceId")]
    [InlineData("<instance><instanceId>i</instanceId></instance>", "Missing hostname")]
    [InlineData("<instance><hostName>h</hostName><ipAddr>1</ipAddr><app>a</app></instance>", "Missing dataCenterInfo")]
    [InlineData(
        "<instance><hostName>h</hostName><ipAddr>1</ipAddr><app>a</app><dataCenterInfo/></instance>",
        "Missing dataCenterInfo Name"
    )]
    [InlineData("<instance><hostName>a<b>c</b></hostName></instance>", "<hostName> holds elements; expected a single value")]
    [InlineData("<instance><metadata><k>a<b/></k></metadata></instance>", "<k> holds elements; expected a single value")]
    [InlineData(
        "<instance><metadata><_.d800>v</_.d800></metadata></instance>",
        "A key of metadata holds half a surrogate pair (_.d800 to _.dfff)"
    )]
    [InlineData("<instance><port/></instance>", "port '' is no number; send 1 to 65535")]
    [InlineData("<instance><port>99999999999</port></instance>", "port of 99999999999 is over 2147483647")]
    [InlineData("<application/>", "The body is an element <application>; expected <instance>")]
    [InlineData("", "The body is empty; expected an element <instance>")]
    public void What_is_missing_or_cannot_be_meant_is_said(string body, string problem) =>
        Assert.Equal(problem, Read.XmlProblem(body));

    [Theory]
    [InlineData("{\"instance\":{}}")]
    [InlineData("<instance>")]
    [InlineData("<instance></instances>")]
    [InlineData("<instance/><instance/>")]
    [InlineData("<instance/>x")]
    [InlineData("<instance>&unknown;</instance>")]
    [InlineData("<instance>&#0;</instance>")]
    [InlineData("<instance><sid>\u0001</sid></instance>")]
    [InlineData("<instance a='1' a='2'/>")]
    [InlineData("<!-- nothing -->")]
    [InlineData("<?xml version='1.0' encoding='klingon'?><instance/>")]
    [InlineData("<?xml version='1.0' encoding='utf-16'?><instance/>")]
    [InlineData("<?xml version='1.1'?><instance/>")]
    [InlineData("<?xml version='1.0'?><?xml version='1.0'?><instance/>")]
    public void Malformed_XML_is_refused_with_the_reason(string body) =>
        Assert.StartsWith("The body is not the XML expected: ", Read.XmlProblem(body), StringComparison.Ordinal);

    [Theory]
    [InlineData("<!DOCTYPE instance><instance/>")]
    [InlineData("<!DOCTYPE instance [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><instance><app>&e;</app></instance>")]
    [InlineData("<!DOCTYPE instance SYSTEM 'http://127.0.0.1:1/x.dtd'><instance/>")]
    [InlineData("<!DOCTYPE instance [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x'>%p;]><instance/>")]
    [InlineData(
        "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;'>]><instance>&c;</instance>"
    )]
    public void A_document_type_is_refused(string body) =>
        Assert.Equal(
            "The body holds a document type (<!DOCTYPE), which is not accepted; send the element <instance> alone",
            Read.XmlProblem(body)
        );

    [Fact]
    public void Declared_encodings_are_read()
    {
        string latin = "<?xml version='1.0' encoding='ISO-8859-1'?>" + Samples.Xml("<sid>é</sid>");
        string wide = "<?xml version='1.0' encoding='UTF-16'?>" + Samples.Xml("<sid>é</sid>");

        Assert.Equal("é", Read.Xml(Encoding.Latin1.GetBytes(latin)).Attributes[0].Value);
        Assert.Equal("é", Read.Xml([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(wide)]).Attributes[0].Value);
        Assert.Equal("é", Read.Xml([0xEF, 0xBB, 0xBF, .. Samples.Bytes(Samples.Xml("<sid>é</sid>"))]).Attributes[0].Value);
    }

    [Fact]
    public void Bytes_that_are_not_the_encoding_are_refused()
    {
        Assert.StartsWith(
            "The body is not the XML expected: ",
            Read.XmlProblem(Encoding.Latin1.GetBytes(Samples.Xml("<sid>é</sid>"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = string.Concat(Enumerable.Repeat("<x>", 10_000));

        Assert.Contains("nested deeper than 32", Read.XmlProblem(Samples.Xml(deep)), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 32", Read.XmlProblem(Samples.Xml("<sid>" + deep)), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 32", Read.XmlProblem(Samples.Xml("<metadata>" + deep)), StringComparison.Ordinal);
    }

    [Fact]
    public void Length_is_bounded()
    {
        string problem = Read.XmlProblem(Samples.Xml($"<x>{new string('x', 1_100_000)}</x>"));

        Assert.Matches(@"^The body has \d+ bytes, more than 1048576 \(EurekaLimits.XmlCharactersMax\)$", problem);
    }

    [Fact]
    public void Many_attributes_and_long_names_are_no_trouble()
    {
        string attributes = string.Concat(Enumerable.Range(0, 10_000).Select(i => $" a{i}='{i}'"));
        string name = new('n', 100_000);

        Read.Xml(Samples.Xml($"<x{attributes}/><{name}/>"));
        Read.AssertReadable(Read.XmlProblem(Samples.Xml($"<{name}></x>")));
    }

    [Fact]
    public void Ten_thousand_metadata_keys_are_read_for_the_core_to_judge()
    {
        string pairs = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<k{i}>v{i}</k{i}>"));

        Assert.Equal(10_000, Read.Xml(Samples.Xml($"<metadata>{pairs}</metadata>")).Metadata.Count);
    }

    [Fact]
    public void A_body_that_is_part_of_a_larger_array_is_read()
    {
        byte[] bytes = [1, 2, 3, .. Samples.Bytes(Samples.Xml()), 4];

        Assert.True(EurekaXmlReader.TryReadRegistration(bytes.AsMemory(3, bytes.Length - 4), EurekaLimits.Default, out _, out _));
    }
}
