using System.Text;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Transports.Tests.Server;

/// <summary>
/// What is hardly HTTP: lengths, chunks, headers, methods, connections (classes 1, 2, 4 and 8 of the pitfalls).
/// </summary>
public sealed class HostileFramingTests : HostileTests
{
    private static readonly HttpServerOptions s_limits = new()
    {
        BodyBytesMax = 16_384,
        BatchBodyBytesMax = 32_768,
        BodyTimeout = TimeSpan.FromMilliseconds(700),
        HeaderTimeout = TimeSpan.FromMilliseconds(700),
        HeaderBytesMax = 4_096,
        HeadersMax = 20,
        RequestLineBytesMax = 4_096,
    };

    [Theory]
    [InlineData("Content-Length: -1", 400)]
    [InlineData("Content-Length: x", 400)]
    [InlineData("Content-Length: 1e3", 400)]
    [InlineData("Content-Length: 99999999999999999999", 400)]
    [InlineData("Content-Length: 5\r\nContent-Length: 7", 400)]
    [InlineData("Content-Length: 5, 7", 400)]
    [InlineData("Content-Length: 16385", 413)]
    [InlineData("Content-Length: 9223372036854775807", 413)]
    [InlineData("Transfer-Encoding: gzip", 400)]
    [InlineData("Transfer-Encoding: chunked, gzip", 400)]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 999999", 400)]
    [InlineData("Transfer-Encoding: xchunked", 400)]
    public void A_length_that_is_none(string header, params int[] statuses)
    {
        byte[] request = Encoding.ASCII.GetBytes(
            $"POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nContent-Type: application/json\r\n{header}\r\n\r\n0\r\n\r\n"
        );
        AssertRefused(request, statuses);
    }

    [Theory]
    [InlineData("G\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n{}")]
    [InlineData("2\r\n{}{}\r\n0\r\n\r\n")]
    [InlineData("2\n{}\n0\n\n")]
    [InlineData("0x2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public void A_chunk_that_is_none(string chunks) =>
        AssertRefused(
            Encoding.ASCII.GetBytes(
                $"POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
            ),
            400,
            408,
            413
        );

    [Fact]
    public void A_chunked_registration_is_as_good_as_any()
    {
        using RawConnection connection = Server.Connect();
        connection.Send("POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (char[] piece in Registration.Chunk(7))
        {
            connection.Send($"{piece.Length:x}\r\n{new string(piece)}\r\n");
        }

        connection.Send("0\r\n\r\n");
        Assert.Equal(204, connection.Receive().Status);
        Assert.NotNull(Server.Find("ORDERS", "new"));
    }

    [Fact]
    public void A_body_over_the_limit_is_refused_by_its_real_length_too()
    {
        byte[] chunk = Encoding.ASCII.GetBytes("1000\r\n" + new string(' ', 4_096) + "\r\n");
        byte[] head = Encoding.ASCII.GetBytes(
            "POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        AssertRefused([.. head, .. Enumerable.Repeat(chunk, 5).SelectMany(c => c)], 413);
    }

    [Fact]
    public void A_body_of_a_hundred_times_the_limit_is_not_read_to_its_end()
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        byte[] chunk = Encoding.ASCII.GetBytes("4000\r\n" + new string(' ', 16_384) + "\r\n");
        using RawConnection connection = Server.Connect();
        connection.Send("POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 100; i++)
        {
            connection.Send(chunk);
        }

        Assert.Contains(connection.Receive().Status, (int[])[413, 0]);
        AssertUnharmed(version);
    }

    [Fact]
    public void A_heartbeat_with_a_body_over_the_limit_is_refused_and_one_below_is_read_away()
    {
        RawAnswer answer = AssertRefused("PUT", "/eureka/apps/ORDERS/victim", "", new byte[16_385], 413);
        Assert.Empty(answer.Body);

        using RawConnection connection = Server.Connect();
        byte[] heartbeat = HttpFixture.RequestBytes("PUT", "/eureka/apps/ORDERS/victim", "", new byte[16_384]);
        connection.Send(heartbeat);
        Assert.Equal(200, connection.Receive().Status);
        connection.Send(heartbeat);
        Assert.Equal(200, connection.Receive().Status);
    }

    [Theory]
    [InlineData("GET", "/eureka/apps")]
    [InlineData("DELETE", "/eureka/apps/ORDERS/victim")]
    [InlineData("PUT", "/eureka/apps/ORDERS/victim/metadata?k=v")]
    public void A_body_over_the_limit_that_nobody_would_read_is_refused(string method, string target) =>
        AssertRefused(method, target, "", new byte[16_385], 413);

    [Fact]
    public void A_batch_has_a_limit_of_its_own()
    {
        string batch = """{"replicationList":[]}""";
        Assert.Equal(200, Server.Ask("POST", "/eureka/peerreplication/batch", "", batch.PadRight(32_768)).Status);
        AssertRefused("POST", "/eureka/peerreplication/batch", "", Encoding.ASCII.GetBytes(batch.PadRight(32_769)), 413);
    }

    [Fact]
    public void A_body_longer_than_declared_is_the_next_request_and_none()
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send("PUT /eureka/apps/ORDERS/victim HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\n{}GARBAGE\r\n\r\n");
        Assert.Equal(200, connection.Receive().Status);
        Assert.Contains(connection.Receive().Status, (int[])[400, 0]);
        AssertUnharmed(version);
    }

    [Fact]
    public void A_body_shorter_than_declared_is_given_up()
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send(
            $"POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nContent-Length: {Registration.Length + 1}\r\n\r\n{Registration}"
        );
        RawAnswer answer = connection.Receive();
        Assert.Equal(408, answer.Status);
        Assert.Equal("The body was not complete after 0.7 s.", answer.Text);
        Assert.True(connection.IsClosedByServer());
        AssertUnharmed(version);
    }

    [Fact]
    public void A_half_closed_connection_in_the_middle_of_a_body_is_given_up()
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send("POST /eureka/apps/ORDERS HTTP/1.1\r\nHost: r\r\nContent-Length: 500\r\n\r\n{\"instance\":");
        connection.ShutdownSend();
        Assert.Contains(connection.Receive().Status, (int[])[400, 408, 0]);
        AssertUnharmed(version);
    }

    [Fact]
    public void A_half_closed_connection_behind_a_whole_request_is_answered_or_given_up()
    {
        // Kestrel takes the end of the input for the end of the connection: who is faster wins.
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send("PUT /eureka/apps/ORDERS/victim HTTP/1.1\r\nHost: r\r\n\r\n");
        connection.ShutdownSend();
        Assert.Contains(connection.Receive().Status, (int[])[200, 0]);
        AssertUnharmed(version);
    }

    [Fact]
    public void A_header_that_does_not_end_is_given_up()
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send("GET /eureka/apps HTTP/1.1\r\nHost: r\r\nX-Slow: ");
        Assert.Contains(connection.Receive().Status, (int[])[408, 0]);
        AssertUnharmed(version);
    }

    // 505, of Kestrel, is HTTP's own word for a version that is not spoken: no failure of ours.
    [Theory]
    [InlineData("GET /eureka/apps HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET  /eureka/apps  HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /eureka/apps HTTP/9.9\r\nHost: a\r\n\r\n", 400, 505)]
    [InlineData("GET /eureka/apps\r\n\r\n", 400)]
    [InlineData("GET eureka/apps HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("G(T /eureka/apps HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", 400, 0)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505, 0)]
    public void A_header_that_is_none(string request, params int[] statuses) =>
        AssertRefused(Encoding.Latin1.GetBytes(request), statuses);

    [Fact]
    public void Headers_beyond_their_limits()
    {
        AssertRefused("GET", "/eureka/apps", "X-Long: " + new string('a', 5_000), [], 431);
        AssertRefused("GET", "/eureka/apps", string.Concat(Enumerable.Range(0, 30).Select(i => $"X-{i}: a\n")), [], 431);
        AssertRefused("GET", "/eureka/apps/" + new string('a', 5_000), "", [], 414);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("get")]
    public void A_method_that_nothing_answers_to(string method)
    {
        Assert.Equal("GET, HEAD", AssertRefused(method, "/eureka/apps", "", [], 405)["Allow"]);
        Assert.Equal("GET, HEAD, PUT, DELETE", AssertRefused(method, "/eureka/apps/ORDERS/victim", "", [], 405)["Allow"]);
        AssertRefused(method, "/nothing", "", [], 404);
    }

    [Fact]
    public void The_asterisk_and_an_authority_are_no_targets()
    {
        AssertRefused("OPTIONS", "*", "", [], 404, 405);
        AssertRefused("CONNECT", "elsewhere.example:443", "Host: elsewhere.example:443", [], 400, 404, 405);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("X-HTTP-Method: DELETE")]
    [InlineData("X-Method-Override: DELETE")]
    public void A_method_override_is_not_looked_at(string header)
    {
        AssertRefused("POST", "/eureka/apps/ORDERS/victim", header, [], 405);
        Assert.NotNull(Server.Find("ORDERS", "victim"));
    }

    [Fact]
    public void A_reader_that_never_reads_does_not_stop_the_others()
    {
        for (int i = 0; i < 2_000; i++)
        {
            Server.Register($"BULK-{i % 7}", $"instance-{i}");
        }

        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection deaf = Server.Connect();
        for (int i = 0; i < 20; i++)
        {
            deaf.Send("GET /eureka/apps HTTP/1.1\r\nHost: r\r\n\r\n");
        }

        AssertUnharmed(version);
        Assert.Equal(200, Server.Ask("GET", "/eureka/apps").Status);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        using RawConnection connection = Server.Connect();
        connection.Send(
            "PUT /eureka/apps/ORDERS/victim HTTP/1.1\r\nHost: r\r\n\r\n"
                + "PUT /eureka/apps/ORDERS/nobody HTTP/1.1\r\nHost: r\r\n\r\n"
                + "GET /nothing HTTP/1.1\r\nHost: r\r\n\r\n"
                + "GET /health/live HTTP/1.1\r\nHost: r\r\n\r\n"
        );
        Assert.Equal([200, 404, 404, 200], Enumerable.Range(0, 4).Select(_ => connection.Receive().Status));
    }

    [Fact]
    public void An_answer_leaves_nothing_behind_for_the_next_on_its_connection()
    {
        using RawConnection connection = Server.Connect();
        connection.Send("GET /nothing HTTP/1.1\r\nHost: r\r\n\r\n");
        Assert.NotNull(connection.Receive()["X-Rollcall-Reason"]);
        connection.Send("PUT /eureka/apps/ORDERS/victim/status?value=x HTTP/1.1\r\nHost: r\r\n\r\n");
        Assert.NotEmpty(connection.Receive().Body);
        connection.Send("PUT /eureka/apps/ORDERS/victim HTTP/1.1\r\nHost: r\r\n\r\n");
        Assert.Equal("200\nContent-Length: 0", connection.Receive().ToGolden());
    }

    protected override Task<HttpFixture> StartAsync() => HttpFixture.StartAsync(s_limits);
}
