using System.Text;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

public class EurekaJsonReaderTests
{
    [Fact]
    public void What_Spring_sends_is_read()
    {
        Registration read = Read.Json(Samples.Spring);

        Assert.Equal(("DEMO", "h:demo:1", "h", "1.1.1.1"), (read.Service, read.Id, read.HostName, read.Address));
        Assert.Equal((80, true, 443, false), (read.Port, read.PortEnabled, read.SecurePort, read.SecurePortEnabled));
        Assert.Equal((InstanceStatus.Up, null), (read.Status, read.Override));
        Assert.Equal(
            (TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(30), 5L),
            (read.LeaseDuration, read.RenewalInterval, read.ClientStamp)
        );
        Assert.Equal(("demo", "demo"), (read.Vips, read.SecureVips));
        Assert.Null(read.HomePageUrl);
        Assert.Null(read.ServiceUpAtMs);
        Assert.Empty(read.Metadata);
        Assert.Empty(read.Attributes);
    }

    [Fact]
    public void What_the_Node_client_sends_is_read_with_Eurekas_defaults()
    {
        Registration read = Read.Json(Samples.Node);

        Assert.Equal(("jqservice", "localhost"), (read.Service, read.Id));
        Assert.Equal((8080, true, 7002, false), (read.Port, read.PortEnabled, read.SecurePort, read.SecurePortEnabled));
        Assert.Null(read.LeaseDuration);
        Assert.Null(read.RenewalInterval);
        Assert.Null(read.ClientStamp);
    }

    [Fact]
    public void What_Steeltoe_sends_is_read()
    {
        Registration read = Read.Json(Samples.Steeltoe);

        Assert.Equal(("FORTUNES", "pc:fortunes:5000"), (read.Service, read.Id));
        Assert.Equal((5000, true, 0, false), (read.Port, read.PortEnabled, read.SecurePort, read.SecurePortEnabled));
        Assert.Equal((TimeSpan.FromSeconds(90), 1700000000005L, null), (read.LeaseDuration, read.ClientStamp, read.Override));
        Assert.Equal("http://pc:5000/health", read.HealthCheckUrl);
        Assert.Empty(read.Metadata);
    }

    [Fact]
    public void Everything_is_kept()
    {
        Registration read = Read.Json(Samples.Everything);

        Assert.Equal((InstanceStatus.Starting, InstanceStatus.OutOfService), (read.Status, read.Override));
        Assert.Equal((8443, true), (read.SecurePort, read.SecurePortEnabled));
        Assert.Equal((TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(10)), (read.LeaseDuration, read.RenewalInterval));
        Assert.Equal(1700000000003, read.ServiceUpAtMs);
        Assert.Equal(1700000000005, read.ClientStamp);
        Assert.Equal(("us-east-1a", "us-east-1", 7), (read.Zone, read.Region, read.Weight));
        Assert.Equal("https://h1.example:8443/health", read.SecureHealthCheckUrl);
        Assert.Equal(["zone_a", "management.port", "price$", "weight", "1st"], read.Metadata.Select(p => p.Key));
        Assert.Equal(
            [
                new("eureka.group", "GRP"),
                new("eureka.asg", "asg-v001"),
                new("eureka.sid", "s-7"),
                new("eureka.country", "49"),
                new("eureka.dc", "Amazon"),
                new("eureka.dc.instance-id", "i-123"),
                new("eureka.dc.ami-id", "ami-1"),
                new("eureka.dc.availability-zone", "us-east-1a"),
                new("eureka.dc.public-ipv4", "1.2.3.4"),
                new("eureka.dc.local-ipv4", "10.0.0.1"),
                new("eureka.dc.public-hostname", "ec2.example"),
            ],
            read.Attributes.AsEnumerable()
        );
    }

    [Fact]
    public void An_instance_without_wrapping_is_read() =>
        RegistrationAssert.Equal(
            Read.Json(Samples.Everything),
            Read.Json(Samples.Everything.Trim()["{\"instance\":".Length..^1])
        );

    [Fact]
    public void An_absent_port_is_7001_on_and_an_absent_secure_port_7002_off()
    {
        Registration read = Read.Json(Samples.Json());

        Assert.Equal((7001, true, 7002, false), (read.Port, read.PortEnabled, read.SecurePort, read.SecurePortEnabled));
    }

    [Theory]
    [InlineData("8080", 8080, true)]
    [InlineData("\"8080\"", 8080, true)]
    [InlineData("null", 7001, true)]
    [InlineData("0", 0, true)]
    [InlineData("-1", -1, true)]
    [InlineData("65536", 65536, true)]
    [InlineData("{}", 7001, true)]
    [InlineData("{\"$\":null,\"@enabled\":null}", 7001, true)]
    [InlineData("{\"$\":8080}", 8080, true)]
    [InlineData("{\"$\":\"8080\",\"@enabled\":true}", 8080, true)]
    [InlineData("{\"@enabled\":\"TRUE\",\"$\":8.08e3}", 8080, true)]
    [InlineData("{\"$\":8080,\"@enabled\":1}", 8080, true)]
    [InlineData("{\"$\":8080,\"@enabled\":false}", 8080, false)]
    [InlineData("{\"$\":8080,\"@enabled\":\"false\"}", 8080, false)]
    [InlineData("{\"$\":8080,\"@enabled\":\"yes\"}", 8080, false)]
    [InlineData("{\"$\":8080,\"@enabled\":0,\"@class\":\"x\",\"other\":[{}]}", 8080, false)]
    public void A_port_has_many_forms(string port, int number, bool enabled)
    {
        Registration read = Read.Json(Samples.Json($",\"port\":{port}"));

        Assert.Equal((number, enabled), (read.Port, read.PortEnabled));
    }

    [Theory]
    [InlineData("\"http\"", "port 'http' is no number; send 1 to 65535")]
    [InlineData("\"\"", "port '' is no number; send 1 to 65535")]
    [InlineData("true", "port 'true' is no number; send 1 to 65535")]
    [InlineData("[80]", "port is an array; expected a single value")]
    [InlineData("{\"$\":{}}", "port is an object; expected a single value")]
    [InlineData("2147483648", "port of 2147483648 is over 2147483647")]
    [InlineData("1e999", "port of 1e999 is over 2147483647")]
    public void A_port_that_is_no_number_is_refused(string port, string problem) =>
        Assert.Equal(problem, Read.JsonProblem(Samples.Json($",\"port\":{port}")));

    [Theory]
    [InlineData("90", 90)]
    [InlineData("\"90\"", 90)]
    [InlineData("90.9", 90)]
    [InlineData("9e1", 90)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("0", null)]
    [InlineData("-90", null)]
    [InlineData("-9223372036854775808", null)]
    [InlineData("null", null)]
    [InlineData("\"soon\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("true", null)]
    public void A_lease_that_says_nothing_gets_the_default(string duration, int? seconds)
    {
        Registration read = Read.Json(
            Samples.Json($",\"leaseInfo\":{{\"durationInSecs\":{duration},\"renewalIntervalInSecs\":{duration}}}")
        );

        TimeSpan? expected = seconds is null ? null : TimeSpan.FromSeconds(seconds.Value);
        Assert.Equal((expected, expected), (read.LeaseDuration, read.RenewalInterval));
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("9223372036854775807")]
    [InlineData("\"9223372036854775807\"")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1e999")]
    public void A_lease_beyond_Javas_integers_is_refused_with_the_limit(string duration)
    {
        string problem = Read.JsonProblem(Samples.Json($",\"leaseInfo\":{{\"durationInSecs\":{duration}}}"));

        Assert.Equal($"durationInSecs of {duration.Trim('"')} is over 2147483647", problem);
    }

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("\"5\"", 5L)]
    [InlineData("0", 0L)]
    [InlineData("-5", -5L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void A_stamp_is_a_number_or_a_text_and_anything_else_is_absent(string stamp, long? expected) =>
        Assert.Equal(expected, Read.Json(Samples.Json($",\"lastDirtyTimestamp\":{stamp}")).ClientStamp);

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("\"-1e30\"")]
    [InlineData("1e999")]
    public void A_stamp_beyond_64_bits_is_refused(string stamp) =>
        Assert.StartsWith(
            "lastDirtyTimestamp of ",
            Read.JsonProblem(Samples.Json($",\"lastDirtyTimestamp\":{stamp}")),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("\"DOWN\"", InstanceStatus.Down)]
    [InlineData("\"OUT_OF_SERVICE\"", InstanceStatus.OutOfService)]
    [InlineData("\"up\"", InstanceStatus.Unknown)]
    [InlineData("\"\"", InstanceStatus.Unknown)]
    [InlineData("7", InstanceStatus.Unknown)]
    [InlineData("null", InstanceStatus.Up)]
    public void A_status_is_compared_with_case_and_what_is_none_is_unknown(string status, InstanceStatus expected) =>
        Assert.Equal(expected, Read.Json(Samples.Json($",\"status\":{status}")).Status);

    [Theory]
    [InlineData("\"overriddenstatus\":\"DOWN\"", InstanceStatus.Down)]
    [InlineData("\"overriddenStatus\":\"DOWN\"", InstanceStatus.Down)]
    [InlineData("\"overriddenStatus\":\"UP\",\"overriddenstatus\":\"DOWN\"", InstanceStatus.Down)]
    [InlineData("\"overriddenstatus\":\"UNKNOWN\"", null)]
    [InlineData("\"overriddenstatus\":null", null)]
    public void Both_spellings_of_the_override_are_read_and_the_last_one_counts(string member, InstanceStatus? expected) =>
        Assert.Equal(expected, Read.Json(Samples.Json("," + member)).Override);

    [Fact]
    public void Of_members_that_come_twice_the_last_counts()
    {
        Registration read = Read.Json(
            Samples.Json(
                """
                ,"hostName":"first","hostName":"last","port":1,"port":{"$":2}
                ,"metadata":{"a":"1"},"metadata":{"b":"2","c":"3","b":"4"}
                ,"leaseInfo":{"durationInSecs":5},"leaseInfo":{"durationInSecs":6}
                ,"dataCenterInfo":{"name":"Amazon","metadata":{"ami-id":"x"}},"dataCenterInfo":{"name":"Netflix"}
                """
            )
        );

        Assert.Equal(("last", 2, TimeSpan.FromSeconds(6)), (read.HostName, read.Port, read.LeaseDuration));
        Assert.Equal([new("b", "4"), new("c", "3")], read.Metadata.AsEnumerable());
        Assert.Equal([new("eureka.dc", "Netflix")], read.Attributes.AsEnumerable());
    }

    [Fact]
    public void Metadata_keeps_numbers_truth_values_and_null_as_text_and_forgets_the_class_marker()
    {
        Registration read = Read.Json(
            Samples.Json(
                ""","metadata":{"@class":"java.util.Collections$EmptyMap","n":1.50,"t":true,"f":false,"z":null,"e":""}"""
            )
        );

        Assert.Equal(
            [new("n", "1.50"), new("t", "true"), new("f", "false"), new("z", "null"), new("e", "")],
            read.Metadata.AsEnumerable()
        );
    }

    [Fact]
    public void Unknown_members_of_any_shape_are_stepped_over() =>
        RegistrationAssert.Equal(
            Read.Json(Samples.Json()),
            Read.Json(
                Samples
                    .Json(""","x":1,"y":{"hostName":"no","z":[{"app":"no"},[[]]]},"w":[1,"2",null],"v":null,"actionType":{}""")
                    .Replace("{\"instance\"", "{\"before\":{\"app\":[]},\"instance\"", StringComparison.Ordinal)
            )
        );

    [Fact]
    public void Numbers_and_truth_values_stand_for_text()
    {
        Registration read = Read.Json(Samples.Json(""","instanceId":17,"vipAddress":true,"appGroupName":1e3"""));

        Assert.Equal(("17", "true", "1E3"), (read.Id, read.Vips, read.Attributes[0].Value));
    }

    [Theory]
    [InlineData("{}", "Missing instanceId")]
    [InlineData("{\"instance\":null}", "Missing instanceId")]
    [InlineData("{\"instance\":{}}", "Missing instanceId")]
    [InlineData("{\"instance\":{\"instanceId\":\"i\",\"hostName\":\"\"}}", "Missing hostname")]
    [InlineData("{\"instance\":{\"hostName\":\"h\"}}", "Missing ip address")]
    [InlineData("{\"instance\":{\"hostName\":\"h\",\"ipAddr\":\"1\"}}", "Missing appName")]
    [InlineData("{\"instance\":{\"hostName\":\"h\",\"ipAddr\":\"1\",\"app\":\"a\"}}", "Missing dataCenterInfo")]
    [InlineData(
        "{\"instance\":{\"hostName\":\"h\",\"ipAddr\":\"1\",\"app\":\"a\",\"dataCenterInfo\":null}}",
        "Missing dataCenterInfo"
    )]
    [InlineData(
        "{\"instance\":{\"hostName\":\"h\",\"ipAddr\":\"1\",\"app\":\"a\",\"dataCenterInfo\":{}}}",
        "Missing dataCenterInfo Name"
    )]
    [InlineData(
        "{\"instance\":{\"hostName\":\"h\",\"ipAddr\":\"1\",\"app\":\"a\",\"dataCenterInfo\":{\"name\":\"Azure\"}}}",
        "dataCenterInfo name 'Azure' is none of MyOwn, Amazon, Netflix"
    )]
    [InlineData("{\"instance\":{\"hostName\":{\"a\":[1]},\"app\":\"a\"}}", "hostName is an object; expected a single value")]
    [InlineData("{\"instance\":{\"leaseInfo\":90}}", "leaseInfo is a number; expected an object")]
    [InlineData("{\"instance\":{\"metadata\":[]}}", "metadata is an array; expected an object")]
    [InlineData("{\"instance\":{\"metadata\":{\"k\":{\"a\":1}}}}", "metadata 'k' is an object; expected a single value")]
    [InlineData("{\"instance\":{\"metadata\":{\"\":\"v\"}}}", "metadata holds a pair with an empty key; give it a name")]
    [InlineData("{\"instance\":{\"dataCenterInfo\":\"MyOwn\"}}", "dataCenterInfo is a text; expected an object")]
    [InlineData("{\"instance\":\"x\"}", "instance is a text; expected an object")]
    [InlineData("[]", "The body is an array; expected an object with the member 'instance'")]
    [InlineData("7", "The body is a number; expected an object with the member 'instance'")]
    [InlineData("null", "The body is null; expected an object with the member 'instance'")]
    [InlineData("", "The body is empty; expected a JSON object")]
    [InlineData(" \r\n\t", "The body is empty; expected a JSON object")]
    public void What_is_missing_or_cannot_be_meant_is_said(string body, string problem) =>
        Assert.Equal(problem, Read.JsonProblem(body));

    [Theory]
    [InlineData("{")]
    [InlineData("{\"instance\":{},}")]
    [InlineData("{\"instance\":{/* comment */}}")]
    [InlineData("{\"instance\":NaN}")]
    [InlineData("{'instance':{}}")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("[] []")]
    [InlineData("{\"a\":\"\u0000\"}")]
    public void Malformed_JSON_is_refused_with_the_place(string body) =>
        Assert.Matches(@"^The body is not the JSON expected: .+ \(line 1, byte \d+\)$", Read.JsonProblem(body));

    [Fact]
    public void Two_documents_in_a_row_are_refused() =>
        Assert.Contains("after a single JSON value", Read.JsonProblem(Samples.Node + Samples.Node), StringComparison.Ordinal);

    [Fact]
    public void A_byte_order_mark_is_stepped_over() =>
        RegistrationAssert.Equal(Read.Json(Samples.Node), Read.Json([0xEF, 0xBB, 0xBF, .. Samples.Bytes(Samples.Node)]));

    [Fact]
    public void Other_encodings_are_refused()
    {
        Assert.Equal(
            "The body is not UTF-8; send JSON in UTF-8",
            Read.JsonProblem(Encoding.Latin1.GetBytes(Samples.Json(""","sid":"é" """)))
        );
        Assert.Equal(
            "The body is not UTF-8; send JSON in UTF-8",
            Read.JsonProblem([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Samples.Node)])
        );
    }

    [Theory]
    [InlineData(@"""\ud800""")]
    [InlineData(@"""\udc00""")]
    [InlineData(@"""\uDBFFx""")]
    [InlineData(@"""\ud800\ud800""")]
    [InlineData(@"""\ud83d\u0020""")]
    [InlineData(@"""\ud83d\\udE00""")]
    public void Half_a_surrogate_pair_is_refused(string text)
    {
        Assert.Contains("half a surrogate pair", Read.JsonProblem(Samples.Json($",\"sid\":{text}")), StringComparison.Ordinal);
        Assert.Contains("half a surrogate pair", Read.JsonProblem(Samples.Json($",{text}:1")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_surrogate_pair_and_escaped_backslashes_are_read()
    {
        Registration read = Read.Json(Samples.Json(""","metadata":{"a":"\ud83d\ude00","b":"\\ud800","c":"\\\u00e9"}"""));

        Assert.Equal([new("a", "😀"), new("b", @"\ud800"), new("c", @"\é")], read.Metadata.AsEnumerable());
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 10_000));

        Assert.Contains("depth of 32", Read.JsonProblem(Samples.Json($",\"x\":{deep}")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_metadata_keys_are_read_for_the_core_to_judge()
    {
        string pairs = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"k{i}\":\"v{i}\""));

        Assert.Equal(10_000, Read.Json(Samples.Json($",\"metadata\":{{{pairs}}}")).Metadata.Count);
    }

    [Theory]
    [InlineData(""" "instanceId":"", """, "h:x")]
    [InlineData(""" "metadata":{"instanceId":"x"}, """, "h:x")]
    [InlineData(""" "metadata":{"instanceId":"host-x"}, """, "host-x")]
    [InlineData(""" "instanceId":"own","metadata":{"instanceId":"x"}, """, "own")]
    public void Without_an_id_Springs_metadata_or_the_host_name_is_the_id(string members, string id)
    {
        string withMetadata = members.Contains("metadata", StringComparison.Ordinal)
            ? members
            : members + "\"metadata\":{\"instanceId\":\"x\"},";

        string body = $$"""{ {{withMetadata}} "hostName":"h","app":"a","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"} }""";

        Assert.Equal(id, Read.Json(body).Id);
    }

    [Fact]
    public void Without_an_id_Amazons_machine_is_the_id()
    {
        Registration read = Read.Json(Samples.Json(""","dataCenterInfo":{"name":"AMAZON","metadata":{"instance-id":"i-9"}}"""));

        Assert.Equal("i-9", read.Id);
    }

    [Fact]
    public void Amazon_without_a_machine_gets_the_instances_id()
    {
        Registration read = Read.Json(Samples.Json(""","dataCenterInfo":{"name":"Amazon"}"""));

        Assert.Equal([new("eureka.dc", "Amazon"), new("eureka.dc.instance-id", "h")], read.Attributes.AsEnumerable());
    }

    [Theory]
    [InlineData("\"0\"", 0)]
    [InlineData("65535", 65535)]
    [InlineData("65536", 100)]
    [InlineData("\"-1\"", 100)]
    [InlineData("\"1.5\"", 100)]
    [InlineData("\"heavy\"", 100)]
    public void A_weight_is_taken_from_metadata_if_it_is_one(string weight, int expected) =>
        Assert.Equal(expected, Read.Json(Samples.Json($",\"metadata\":{{\"weight\":{weight}}}")).Weight);

    [Fact]
    public void Zone_and_region_are_taken_from_metadata()
    {
        Registration read = Read.Json(Samples.Json(""","metadata":{"zone":"z1","region":"r1"}"""));

        Assert.Equal(("z1", "r1"), (read.Zone, read.Region));
    }
}
