using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>What a link makes of servers that are none, and of what an application gives it.</summary>
public sealed class HttpLinkTests
{
    private const string Index = "{\"registry\":\"rollcall\"}";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly HttpLinkOptions s_options = new() { CallTimeout = TimeSpan.FromSeconds(10) };

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nContent-Type: text/html\r\n\r\n<html>hello</html>\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{\"registry\":\"another\"}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nOops")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("")]
    public async Task A_server_that_is_no_registry_is_told_from_one_in_a_line(string answer)
    {
        await using var server = new FakeServer(_ => Encoding.Latin1.GetBytes(answer), closes: true);
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => HttpLink.ConnectAsync(server.Address, s_options));
        Assert.Equal(LinkFailure.Unreachable, refused.Failure);
        Assert.Contains(server.Address.Authority, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: nobody else gets it, nobody answers
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => HttpLink.ConnectAsync(new Uri($"http://{listener.LocalEndPoint}")));
        Assert.Equal(LinkFailure.Unreachable, refused.Failure);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_breaks_the_link()
    {
        await using var server = new FakeServer(target => target == "/v1" ? Ok(Index) : null);
        var options = new HttpLinkOptions { CallTimeout = TimeSpan.FromMilliseconds(500) };
        await using HttpLink link = await HttpLink.ConnectAsync(server.Address, options);
        LinkException failed = await Assert.ThrowsAsync<LinkException>(() => link.RenewAsync(new LeaseHandle(1)).AsTask());
        Assert.Equal(LinkFailure.Closed, failed.Failure);
        Assert.Contains("500ms", failed.Message, StringComparison.Ordinal);
        await link.Closed.WaitAsync(s_patience);
        await Assert.ThrowsAsync<LinkException>(() => link.PingAsync().AsTask());
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_is_not_kept_whatever_it_inflates_from()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[50_000_000]);
        }

        byte[] bomb = [.. "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "u8, .. Encoding.ASCII.GetBytes($"{packed.Length}\r\n\r\n"), .. packed.ToArray()];
        byte[] declared = "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{"u8.ToArray();
        foreach (byte[] answer in (byte[][])[bomb, declared])
        {
            await using var server = new FakeServer(target => target == "/v1" ? Ok(Index) : answer);
            var options = s_options with { AnswerBytesMax = 100_000 };
            await using HttpLink link = await HttpLink.ConnectAsync(server.Address, options);
            long before = GC.GetTotalAllocatedBytes();
            LinkException failed = await Assert.ThrowsAsync<LinkException>(() => link.ReadAsync(InstanceFilter.All).AsTask());
            Assert.Equal(LinkFailure.LimitExceeded, failed.Failure);
            Assert.Contains("AnswerBytesMax", failed.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
        }
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"kind\":\"snapshot\",\"version\":\"1-1\",\"services\":7}")]
    [InlineData("{\"version\":\"1-1\",\"subscribers\":-1,\"unknown\":[5],\"handle\":\"x\",\"outcome\":\"y\"}")]
    [InlineData("\u00ff\u00fe")]
    public async Task Answers_that_no_registry_gives_are_a_breach_of_protocol(string answer)
    {
        await using var server = new FakeServer(target => Ok(target == "/v1" ? Index : answer));
        await using HttpLink link = await HttpLink.ConnectAsync(server.Address, s_options);
        Func<Task>[] calls =
        [
            () => link.RegisterAsync(RegistrationBuilder.Of("orders", "o-1")).AsTask(),
            () => link.RenewAsync(new[] { new LeaseHandle(1) }, new int[1]).AsTask(),
            () => link.RenewAsync("orders", "o-1").AsTask(),
            () => link.FindAsync("orders", "o-1").AsTask(),
            () => link.ReadAsync(InstanceFilter.All).AsTask(),
            () => link.ReadDeltaAsync(RegistryVersion.None).AsTask(),
            () => link.ReadAcknowledgedAsync("orders").AsTask(),
            () => FirstOf(link),
        ];
        foreach (Func<Task> call in calls)
        {
            LinkException failed = await Assert.ThrowsAsync<LinkException>(call);
            Assert.Equal(LinkFailure.Protocol, failed.Failure);
        }

        Assert.False(link.Closed.IsCompleted);
    }

    [Theory]
    [InlineData("data: x\n\n", LinkFailure.Protocol)]
    [InlineData("event: subscribed\ndata: {\"subscription\":\"s\"}\n\nid: 1-1\nevent: snapshot\ndata: {\"kind\"\n\n", LinkFailure.Protocol)]
    [InlineData("event: subscribed\ndata: {\"subscription\":\"s\"}\n\nid: 1-1\nevent: snapshot\ndata: {\"kind\":\"snap", LinkFailure.Closed)]
    [InlineData("event: subscribed\ndata: {\"subscription\":\"s\"}\n\n:\n\n", LinkFailure.Closed)]
    [InlineData("", LinkFailure.Closed)]
    [InlineData("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", LinkFailure.Closed)]
    public async Task A_watch_of_something_else_ends_and_says_so(string events, LinkFailure expected)
    {
        await using var server = new FakeServer(
            target => target.StartsWith("/v1/watch", StringComparison.Ordinal)
                ? Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{events}")
                : Ok(Index),
            closes: true
        );
        await using HttpLink link = await HttpLink.ConnectAsync(server.Address, s_options);
        LinkException failed = await Assert.ThrowsAsync<LinkException>(() => FirstOf(link).WaitAsync(s_patience));
        Assert.Equal(expected, failed.Failure);
    }

    [Fact]
    public async Task An_event_without_end_is_cut_at_the_limit()
    {
        byte[] endless = [.. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: "u8, .. Enumerable.Repeat((byte)'x', 4_000_000)];
        await using var server = new FakeServer(target => target == "/v1" ? Ok(Index) : endless);
        await using HttpLink link = await HttpLink.ConnectAsync(server.Address, s_options with { AnswerBytesMax = 1_000_000 });
        LinkException failed = await Assert.ThrowsAsync<LinkException>(() => FirstOf(link).WaitAsync(s_patience));
        Assert.Equal(LinkFailure.LimitExceeded, failed.Failure);
    }

    [Fact]
    public async Task A_watch_on_which_nothing_comes_is_dead()
    {
        byte[] silence = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: subscribed\ndata: {\"subscription\":\"s\"}\n\n"u8.ToArray();
        await using var server = new FakeServer(target => target == "/v1" ? Ok(Index) : silence);
        var options = s_options with { SilenceTimeout = TimeSpan.FromMilliseconds(300) };
        await using HttpLink link = await HttpLink.ConnectAsync(server.Address, options);
        LinkException failed = await Assert.ThrowsAsync<LinkException>(() => FirstOf(link).WaitAsync(s_patience));
        Assert.Equal(LinkFailure.Closed, failed.Failure);
        Assert.True(link.Closed.IsCompleted);
    }

    [Fact]
    public async Task The_applications_own_handler_is_used_for_all_and_left_alone()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        using var handler = new CountingHandler();
        var options = new HttpLinkOptions { Handler = handler };
        await using (HttpLink link = await HttpLink.ConnectAsync(new Uri($"http://{server.EndPoint}"), options))
        {
            RegisterHandle(await link.RegisterAsync(RegistrationBuilder.Of("orders", "o-1")));
            Assert.Single((await link.ReadAsync(InstanceFilter.All)).Instances);
            await FirstOf(link);
        }

        Assert.Equal(4, handler.Requests);
        await using HttpLink again = await HttpLink.ConnectAsync(new Uri($"http://{server.EndPoint}"), options);
        await again.PingAsync();
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://user:secret@127.0.0.1:8761")]
    public async Task An_address_with_credentials_or_of_another_scheme_is_the_callers_bug(string address)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => HttpLink.ConnectAsync(new Uri(address)));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_do_not_show_the_secret() =>
        Assert.DoesNotContain("s3cret", new HttpLinkOptions { Token = "s3cret", User = "u" }.ToString(), StringComparison.Ordinal);

    private static void RegisterHandle(Core.RegisterResult result) => Assert.Null(result.Error);

    private static async Task FirstOf(HttpLink link)
    {
        await foreach (RegistryUpdate _ in link.WatchAsync(InstanceFilter.All, RegistryVersion.None))
        {
            return;
        }
    }

    private static byte[] Ok(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {bytes.Length}\r\n\r\n"), .. bytes];
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Requests);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Answers each request with the bytes given for its target; with null not at all.</summary>
    private sealed class FakeServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _ending = new();
        private readonly Func<string, byte[]?> _answer;
        private readonly bool _closes;
        private readonly Task _accepting;

        public FakeServer(Func<string, byte[]?> answer, bool closes = false)
        {
            (_answer, _closes) = (answer, closes);
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}");

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            _listener.Dispose();
            await _accepting;
            _ending.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
                }
            }
            catch (OperationCanceledException)
            {
                // The end of the test.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using TcpClient owned = client;
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 } line)
                {
                    int body = 0;
                    while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 } header)
                    {
                        body = header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase) ? int.Parse(header[16..], null) : body;
                    }

                    if (body > 0)
                    {
                        await reader.ReadBlockAsync(new char[body], _ending.Token);
                    }

                    if (_answer(line.Split(' ')[1]) is { } answer)
                    {
                        await client.GetStream().WriteAsync(answer, _ending.Token);
                        if (_closes)
                        {
                            return;
                        }
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone, or the test has ended.
            }
        }
    }
}
