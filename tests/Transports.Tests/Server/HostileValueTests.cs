using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Tests.Server;

/// <summary>
/// Values out of their senses (classes 10, 11 and 13 to 24): refused with a reason, or kept so that readers can read them.
/// </summary>
public sealed class HostileValueTests : HostileTests
{
    public static TheoryData<string, string> BadFields =>
        new()
        {
            { "port", """{"$":0,"@enabled":"true"}""" },
            { "port", """{"$":-1,"@enabled":"true"}""" },
            { "port", """{"$":65536,"@enabled":"true"}""" },
            { "port", """{"$":2147483648,"@enabled":"true"}""" },
            { "port", """{"$":1e999,"@enabled":"true"}""" },
            { "port", """{"$":"http","@enabled":"true"}""" },
            { "securePort", """{"$":70000,"@enabled":"true"}""" },
            { "leaseInfo", """{"durationInSecs":9223372036854775807}""" },
            { "leaseInfo", """{"durationInSecs":2147484}""" },
            { "hostName", "\"\"" },
            { "hostName", "null" },
            { "hostName", JsonSerializer.Serialize(new string('h', 300)) },
            { "hostName", "\"a\\u0000b\"" },
            { "hostName", "\"a\\r\\nb\"" },
            { "ipAddr", "\"\"" },
            { "app", "\"PAYMENTS\"" },
            { "app", "null" },
            { "instanceId", JsonSerializer.Serialize(new string('i', 65_536)) },
            { "instanceId", "\"a\\nb\"" },
            { "homePageUrl", JsonSerializer.Serialize("http://h/" + new string('u', 100_000)) },
            { "vipAddress", JsonSerializer.Serialize(string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"v{i}"))) },
            { "metadata", JsonSerializer.Serialize(Enumerable.Range(0, 10_000).ToDictionary(i => $"k{i}", i => "v")) },
            { "metadata", JsonSerializer.Serialize(new Dictionary<string, string> { ["k"] = new('v', 500_000) }) },
            { "metadata", JsonSerializer.Serialize(new Dictionary<string, string> { [new('k', 1_000)] = "v" }) },
            { "metadata", """{"k":"a\u0000b"}""" },
            { "metadata", """{"":"v"}""" },
        };

    [Theory]
    [MemberData(nameof(BadFields))]
    public void A_field_out_of_its_senses_is_refused(string field, string value)
    {
        RawAnswer answer = AssertRegistrationRefused(With(field, value), 400);
        Assert.NotEmpty(answer.Text);
        Assert.Null(Server.Find("ORDERS", "new"));
    }

    [Theory]
    [InlineData("homePageUrl", "\"javascript:alert(1)\"")]
    [InlineData("homePageUrl", "\"data:text/html,x\"")]
    [InlineData("hostName", "\"under_score\"")]
    [InlineData("ipAddr", "\"2001:db8::7%eth0\"")]
    [InlineData("hostName", "\"<script>alert(1)</script>\"")]
    [InlineData("status", "\"up\"")]
    [InlineData("leaseInfo", "{\"durationInSecs\":0}")]
    [InlineData("lastDirtyTimestamp", "\"9223372036854775807\"")]
    [InlineData("lastDirtyTimestamp", "-1")]
    [InlineData("instanceId", "\"http://h/x?y#z %41;@&:\"")]
    [InlineData("instanceId", "\"\u202E\u2028😀\"")]
    [InlineData("metadata", "{\"@class\":\"x\",\"1a\":\"<&>\",\"a b\":\"]]>\"}")]
    public void A_field_that_is_odd_is_refused_or_read_back_in_both_formats(string field, string value)
    {
        RawAnswer answer = Server.Ask("POST", "/eureka/apps/ORDERS", "", With(field, value));
        Assert.Contains(answer.Status, (int[])[204, 400]);
        if (answer.Status == 400)
        {
            Assert.NotEmpty(answer.Text);
            return;
        }

        RawAnswer json = Server.Ask("GET", "/eureka/apps", "Accept: application/json");
        using var document = JsonDocument.Parse(json.Body);
        Assert.Equal(
            2,
            document
                .RootElement.GetProperty("applications")
                .GetProperty("application")[0]
                .GetProperty("instance")
                .GetArrayLength()
        );
        Assert.Equal(2, System.Xml.Linq.XDocument.Parse(Server.Ask("GET", "/eureka/apps").Text).Descendants("instance").Count());
        Server.AssertNoFailures();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"instance\":null}")]
    [InlineData("{\"instance\":[]}")]
    [InlineData("{\"instance\":{}}{\"instance\":{}}")]
    [InlineData("{\"instance\":{\"port\":NaN}}")]
    [InlineData("{\"instance\":{\"app\":\"ORDERS\",}}")]
    [InlineData("{\"instance\":{\"app\":\"\\uD800\"}}")]
    [InlineData("{'instance':{}}")]
    public void JSON_that_is_no_registration(string json) => AssertRegistrationRefused(json, 400);

    [Fact]
    public void JSON_nested_ten_thousand_deep() =>
        AssertRegistrationRefused("{\"instance\":{\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}}", 400);

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><instance><app>&a;</app></instance>")]
    [InlineData("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><instance/>")]
    [InlineData("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/\">%p;]><instance/>")]
    [InlineData("<!DOCTYPE l [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><instance><app>&b;</app></instance>")]
    [InlineData("<instance><app>ORDERS</app>")]
    [InlineData("<instance><app>ORDERS</app></other>")]
    [InlineData("<other/>")]
    [InlineData("<instance/><instance/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-7\"?><instance/>")]
    [InlineData("<instance><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/></instance>")]
    public void XML_that_is_no_registration(string xml) =>
        AssertRefused("POST", "/eureka/apps/ORDERS", "Content-Type: application/xml", Encoding.UTF8.GetBytes(xml), 400);

    [Fact]
    public void XML_nested_ten_thousand_deep()
    {
        string xml =
            "<instance>"
            + string.Concat(Enumerable.Repeat("<a>", 10_000))
            + string.Concat(Enumerable.Repeat("</a>", 10_000))
            + "</instance>";
        AssertRefused("POST", "/eureka/apps/ORDERS", "Content-Type: application/xml", Encoding.UTF8.GetBytes(xml), 400);
    }

    [Theory]
    [InlineData("GET", "/eureka/apps/ORDERS/%FF", 400)]
    [InlineData("GET", "/eureka/apps/ORDERS/%C0%80", 400)]
    [InlineData("GET", "/eureka/apps/ORDERS/%00", 400)]
    [InlineData("GET", "/eureka/apps/ORDERS/%2", 400)]
    [InlineData("GET", "/eureka/apps/ORDERS/a%2Fb", 404)]
    [InlineData("GET", "/eureka/apps/ORDERS/a%252Fb", 404)]
    [InlineData("GET", "/eureka/apps/ORDERS/..", 404)]
    [InlineData("GET", "/eureka/../../etc/passwd", 404)]
    [InlineData("GET", "/eureka/%2e%2e/v1/guard", 404)]
    [InlineData("GET", "/eureka/v1/apps", 404)]
    [InlineData("DELETE", "/eureka/apps/ORDERS/VICTIM", 404)]
    [InlineData("DELETE", "/eureka/apps/OTHER/victim", 404)]
    [InlineData("PUT", "/eureka/apps/OTHER/victim", 404)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim?lastDirtyTimestamp=", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim?lastDirtyTimestamp=1e3", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim?lastDirtyTimestamp=99999999999999999999", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/status", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/status?value=", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/status?value=up", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/status?value=UP%00", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/nobody/status?value=UP", 404)]
    [InlineData("DELETE", "/eureka/apps/ORDERS/victim/status?value=nothing", 400)]
    [InlineData("DELETE", "/eureka/apps/ORDERS/nobody/status", 404)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/metadata?=x", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/metadata?k=%01", 400)]
    [InlineData("PUT", "/eureka/apps/ORDERS/nobody/metadata?k=v", 404)]
    [InlineData("PUT", "/eureka/asg/g/status?value=ENABLED", 400)]
    [InlineData("GET", "/v1/nothing", 404)]
    public void A_target_out_of_its_senses(string method, string target, int status)
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        RawAnswer answer = Server.Ask(method, target);
        Assert.Equal(status, answer.Status);
        AssertUnharmed(version);
    }

    [Fact]
    public void Metadata_of_ten_thousand_keys_in_a_query_is_refused()
    {
        string query = string.Join('&', Enumerable.Range(0, 1_500).Select(i => $"k{i}=v"));
        AssertRefused("PUT", $"/eureka/apps/ORDERS/victim/metadata?{query}", "", [], 400);
    }

    [Fact]
    public void An_id_of_64_kB_is_refused_by_the_length_of_its_line_and_one_of_4_kB_is_nobody()
    {
        AssertRefused("PUT", "/eureka/apps/ORDERS/" + new string('i', 65_536), "", [], 414);
        AssertRefused("PUT", "/eureka/apps/ORDERS/" + new string('i', 4_096), "", [], 404);
    }

    [Theory]
    [InlineData("orders", "ORDERS")]
    [InlineData("Tür", "TÜR")]
    [InlineData("iı", "Iı")]
    public void A_service_is_found_in_any_case_of_its_letters(string name, string canonical)
    {
        string path = Uri.EscapeDataString(name);
        string json = With("app", JsonSerializer.Serialize(name), "orders");
        Assert.Equal(204, Server.Ask("POST", $"/eureka/apps/{path}", "", json).Status);
        Assert.Equal(200, Server.Ask("PUT", $"/eureka/apps/{path}/new").Status);
        Assert.Equal(200, Server.Ask("PUT", $"/eureka/apps/{Uri.EscapeDataString(ServiceName.Canonical(name))}/new").Status);
        Assert.NotNull(Server.Find(canonical, "new"));
    }

    [Fact]
    public void One_id_in_two_services_is_two_instances()
    {
        Server.Register("PAYMENTS", "victim");
        Assert.Equal(200, Server.Ask("DELETE", "/eureka/apps/PAYMENTS/victim").Status);
        Assert.Equal(200, Server.Ask("PUT", "/eureka/apps/ORDERS/victim").Status);
        Assert.Equal(404, Server.Ask("PUT", "/eureka/apps/PAYMENTS/victim").Status);
    }

    [Fact]
    public void Ids_of_every_kind_are_registered_renewed_read_and_cancelled()
    {
        string[] ids =
        [
            "a/b",
            "a:b",
            "#",
            "?x=1",
            "%41",
            "a+b",
            "a b",
            "..",
            ".",
            "\\",
            ";x",
            "@",
            "&",
            "ü",
            "日本",
            "😀",
            "a%2Fb",
            "http://h:80/x",
            "status",
            "delta",
        ];
        foreach (string id in ids)
        {
            string path = $"/eureka/apps/ORDERS/{Uri.EscapeDataString(id)}";
            Assert.Equal(
                204,
                Server.Ask("POST", "/eureka/apps/ORDERS", "", With("instanceId", JsonSerializer.Serialize(id))).Status
            );
            Assert.Equal(200, Server.Ask("PUT", path).Status);
            using var read = JsonDocument.Parse(Server.Ask("GET", path, "Accept: application/json").Body);
            Assert.Equal(id, read.RootElement.GetProperty("instance").GetProperty("instanceId").GetString());
            Assert.Equal(200, Server.Ask("PUT", path + "/status?value=OUT_OF_SERVICE").Status);
            Assert.Equal(200, Server.Ask("DELETE", path).Status);
            Assert.Equal(404, Server.Ask("PUT", path).Status);
        }

        Server.AssertNoFailures();
    }

    [Fact]
    public void A_batch_with_one_bad_item_of_a_hundred_does_the_others()
    {
        var items = new JsonArray([.. Enumerable.Range(0, 100).Select(i => Item(i))]);
        RawAnswer answer = Server.Ask(
            "POST",
            "/eureka/peerreplication/batch/",
            "Content-Type: application/json",
            new JsonObject { ["replicationList"] = items }.ToJsonString()
        );

        Assert.Equal(200, answer.Status);
        using var document = JsonDocument.Parse(answer.Body);
        int[] statuses =
        [
            .. document
                .RootElement.GetProperty("responseList")
                .EnumerateArray()
                .Select(i => i.GetProperty("statusCode").GetInt32()),
        ];
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i == 42 ? 400 : 200), statuses);
        Assert.Equal(99, Server.Registry.ReadSnapshot().Service("BATCH")!.Count);
        Server.AssertNoFailures();

        static JsonObject Item(int i)
        {
            JsonNode instance = JsonNode.Parse(With("app", "\"BATCH\""))!["instance"]!.DeepClone();
            instance["instanceId"] = $"b-{i}";
            instance["port"]!["$"] = i == 42 ? 0 : 8080;
            return new JsonObject
            {
                ["appName"] = "BATCH",
                ["id"] = $"b-{i}",
                ["action"] = "Register",
                ["instanceInfo"] = instance,
            };
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"replicationList\":{\"appName\":1}}")]
    [InlineData("{\"replicationList\":[{\"appName\":\"A\",\"id\":\"a\",\"action\":\"heartbeat\"}]}")]
    [InlineData("{\"replicationList\":[null]}")]
    public void A_batch_that_is_none_is_refused_or_answered_item_by_item(string batch)
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        Assert.Contains(Server.Ask("POST", "/eureka/peerreplication/batch", "", batch).Status, (int[])[200, 400]);
        AssertUnharmed(version);
    }

    [Fact]
    public void A_batch_of_a_hundred_thousand_items_is_refused()
    {
        string items = string.Join(',', Enumerable.Repeat("""{"appName":"A","id":"a","action":"Cancel"}""", 100_000));
        AssertRefused(
            "POST",
            "/eureka/peerreplication/batch",
            "",
            Encoding.ASCII.GetBytes($"{{\"replicationList\":[{items}]}}"),
            400
        );
    }

    /// <summary>The good registration with one field as given, however bad.</summary>
    private static string With(string field, string value, string service = "ORDERS")
    {
        JsonObject instance = JsonNode.Parse(Registration)!["instance"]!.AsObject();
        instance["app"] = service;
        instance.Remove(field);
        return $$"""{"instance":{"{{field}}":{{value}},{{instance.ToJsonString()[1..]}} }""";
    }
}
