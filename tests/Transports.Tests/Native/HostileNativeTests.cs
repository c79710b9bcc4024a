using System.Text;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>Whatever is sent to <c>/v1</c>: a 4xx with a reason and a code, an unchanged registry, and the next caller is served.</summary>
public sealed class HostileNativeTests : IAsyncLifetime
{
    private const string Registration = """{"service":"orders","id":"o-1","address":"10.0.0.1","port":8080,"metadata":{"a":"b"},"leaseDurationMs":90000}""";

    private HttpFixture _server = null!;

    public async Task InitializeAsync()
    {
        _server = await HttpFixture.StartAsync(new HttpServerOptions { BodyBytesMax = 65_536, BatchBodyBytesMax = 65_536 });
        _server.Register("ORDERS", "victim");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Every_cut_of_a_registration_is_refused()
    {
        using RawConnection connection = _server.Connect();
        for (int length = 1; length < Registration.Length; length++)
        {
            AssertRefused(connection, "POST", "/v1/instances", Encoding.UTF8.GetBytes(Registration[..length]));
        }
    }

    [Fact]
    public void Every_flip_of_a_registration_is_refused_or_is_another_registration()
    {
        byte[] good = Encoding.UTF8.GetBytes(Registration);
        using RawConnection connection = _server.Connect();
        for (int at = 0; at < good.Length; at++)
        {
            foreach (byte flip in (byte[])[0x01, 0x20, 0x80, 0xFF])
            {
                byte[] bad = [.. good];
                bad[at] ^= flip;
                RawAnswer answer = Ask(connection, "POST", "/v1/instances", bad);
                if (answer.Status is not (200 or 201))
                {
                    AssertReason(answer);
                }
            }
        }

        AssertServed();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("""{"service":"s","id":"i"}""")]
    [InlineData("""{"service":"s","address":"a"}""")]
    [InlineData("""{"id":"i","address":"a"}""")]
    [InlineData("""{"service":null,"id":"i","address":"a"}""")]
    [InlineData("""{"service":"","id":"i","address":"a"}""")]
    [InlineData("""{"service":"s","id":"","address":"a"}""")]
    [InlineData("""{"service":"s","id":7,"address":"a"}""")]
    [InlineData("""{"service":["s"],"id":"i","address":"a"}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":"8080"}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":8080.5}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":70000}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":0}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":99999999999999999999}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","port":8080,"portEnabled":1}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","status":"up"}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","status":"99"}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","leaseDurationMs":1e400}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","leaseDurationMs":1e25}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","leaseDurationMs":-1}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","clientStamp":1.5}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","clientStamp":9223372036854775808}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","metadata":[]}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","metadata":{"a":1}}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","metadata":{"a":"1","a":"2"}}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","metadata":{"\ud800":"1"}}""")]
    [InlineData("""{"service":"s","id":"i","address":"a","zone":"\u0000"}""")]
    [InlineData("""{"service":"s","id":"i","address":"a"} {}""")]
    [InlineData("""{"service":"s","id":"i","address":"a",}""")]
    [InlineData("""{"service":"s","id":"i","address":"a"/**/}""")]
    public void A_registration_that_says_nonsense_is_refused(string body)
    {
        using RawConnection connection = _server.Connect();
        AssertRefused(connection, "POST", "/v1/instances", Encoding.UTF8.GetBytes(body));
        AssertServed();
    }

    [Fact]
    public void Nesting_beyond_all_is_refused_wherever_it_stands()
    {
        using RawConnection connection = _server.Connect();
        foreach (string deep in (string[])[new string('[', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 10_000))])
        {
            AssertRefused(connection, "POST", "/v1/instances", Encoding.UTF8.GetBytes(deep));
            AssertRefused(connection, "POST", "/v1/instances", Encoding.UTF8.GetBytes($$"""{"service":"s","id":"i","address":"a","x":{{deep}}"""));
            AssertRefused(connection, "PUT", "/v1/leases", Encoding.UTF8.GetBytes(deep));
            AssertRefused(connection, "PUT", "/v1/instances/orders/victim/metadata", Encoding.UTF8.GetBytes(deep));
            AssertRefused(connection, "POST", "/v1/acknowledge", Encoding.UTF8.GetBytes(deep));
        }

        AssertServed();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"0\"]")]
    [InlineData("[\"00000000000000001\"]")]
    [InlineData("[\"000000000000000g\"]")]
    [InlineData("[\"+00000000000000a\"]")]
    [InlineData("[\"\\u0030000000000000001\"]")]
    [InlineData("[\"0000000000000001\"")]
    [InlineData("[\"0000000000000001\",]")]
    [InlineData("[[\"0000000000000001\"]]")]
    public void Handles_that_are_none_are_refused_all_together(string body)
    {
        using RawConnection connection = _server.Connect();
        AssertRefused(connection, "PUT", "/v1/leases", Encoding.UTF8.GetBytes(body));
        AssertServed();
    }

    [Theory]
    [InlineData("PUT", "/v1/leases/1")]
    [InlineData("PUT", "/v1/leases/000000000000000g")]
    [InlineData("PUT", "/v1/leases/00000000000000001")]
    [InlineData("PUT", "/v1/leases/%30%30%30%30%30%30%30%30%30%30%30%30%30%30%30%2B")]
    [InlineData("PUT", "/v1/instances/orders/victim/lease?clientStamp=x")]
    [InlineData("PUT", "/v1/instances/orders/victim/status")]
    [InlineData("PUT", "/v1/instances/orders/victim/status?value=")]
    [InlineData("PUT", "/v1/instances/orders/victim/status?value=up")]
    [InlineData("PUT", "/v1/instances/orders/victim/status?value=5")]
    [InlineData("PUT", "/v1/instances/orders/victim/status?value=256")]
    [InlineData("GET", "/v1/changes")]
    [InlineData("GET", "/v1/changes?since=1")]
    [InlineData("GET", "/v1/changes?since=%30-1")]
    [InlineData("GET", "/v1/instances?service=%")]
    [InlineData("GET", "/v1/instances?service=a&svip=b")]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("GET", "/v1/instances/%FF/x")]
    [InlineData("POST", "/v1")]
    [InlineData("DELETE", "/v1/instances")]
    [InlineData("PATCH", "/v1/instances/orders/victim")]
    public void A_request_that_says_nonsense_is_refused(string method, string target)
    {
        using RawConnection connection = _server.Connect();
        AssertRefused(connection, method, target, default);
        AssertServed();
    }

    [Theory]
    [InlineData("POST", "/v1/instances")]
    [InlineData("PUT", "/v1/leases")]
    [InlineData("PUT", "/v1/instances/orders/victim/metadata")]
    [InlineData("POST", "/v1/acknowledge")]
    [InlineData("PUT", "/v1/instances/orders/victim/lease")]
    [InlineData("POST", "/v1/guard/confirm-loss")]
    [InlineData("DELETE", "/v1/instances/orders/victim")]
    public void A_body_beyond_the_limit_is_refused_unread(string method, string target)
    {
        using RawConnection connection = _server.Connect();
        connection.Send($"{method} {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
        RawAnswer answer = connection.Receive();
        Assert.Equal(413, answer.Status);
        Assert.Contains("too-large", answer.Text, StringComparison.Ordinal);
        AssertServed();
    }

    [Fact]
    public void A_gzip_bomb_is_refused()
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write("["u8);
            for (int i = 0; i < 1_000; i++)
            {
                gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\"0000000000000001\",", 100))));
            }
        }

        RawAnswer answer = _server.Ask("PUT", "/v1/leases", "Content-Encoding: gzip", packed.ToArray());
        Assert.Equal(413, answer.Status);
        AssertReason(answer);
        AssertServed();
    }

    [Fact]
    public void A_filter_of_too_many_names_is_refused()
    {
        string names = string.Join('&', Enumerable.Range(0, 1_001).Select(i => $"vip={i}"));
        using RawConnection connection = _server.Connect();
        AssertRefused(connection, "GET", $"/v1/instances?{names}", default);
        AssertServed();
    }

    [Fact]
    public void A_page_of_another_origin_may_not_register()
    {
        RawAnswer answer = _server.Ask("POST", "/v1/instances", "Origin: http://evil.example\nContent-Type: text/plain", Registration);
        Assert.Equal(403, answer.Status);
        AssertReason(answer);
        Assert.Null(_server.Find("ORDERS", "o-1"));
    }

    private static RawAnswer Ask(RawConnection connection, string method, string target, ReadOnlySpan<byte> body)
    {
        connection.Send(HttpFixture.RequestBytes(method, target, "", body));
        return connection.Receive();
    }

    private void AssertRefused(RawConnection connection, string method, string target, ReadOnlySpan<byte> body)
    {
        ulong version = _server.Registry.ReadSnapshot().Version;
        AssertReason(Ask(connection, method, target, body));
        Assert.Equal(version, _server.Registry.ReadSnapshot().Version);
    }

    private void AssertServed()
    {
        Assert.Equal(204, _server.Ask("PUT", "/v1/instances/ORDERS/victim/lease").Status);
        _server.AssertNoFailures();
    }

    private static void AssertReason(RawAnswer answer)
    {
        Assert.InRange(answer.Status, 400, 499);
        string reason = Assert.IsType<string>(answer["X-Rollcall-Reason"]);
        Assert.All(reason, c => Assert.InRange(c, ' ', '~'));
        Assert.Equal("application/json", answer["Content-Type"]);
        Assert.Contains("\"error\": \"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"code\": \"", answer.Text, StringComparison.Ordinal);
    }
}
