using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Core;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Http;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>What a gateway passes on and how, whom it chooses, and what it answers when it cannot.</summary>
public sealed class ForwardingTests
{
    [Fact]
    public async Task It_passes_on_what_was_sent_letter_by_letter_and_says_who_sent_it()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp");
        await using Backend echo = await bench.ServeAsync("echo", "e-1", EchoAsync);
        await bench.AnswersAsync("echo/", HttpStatusCode.OK);

        Assert.StartsWith("GET /a/b?x=1%2F2&y ", await bench.GetAsync("Echo/a/b?x=1%2F2&y"), StringComparison.Ordinal);
        Assert.StartsWith("GET / ", await bench.GetAsync("echo"), StringComparison.Ordinal);
        Assert.StartsWith("GET /a%2Fb%20c%252F/ ", await RawAsync(bench, "/echo/a%2Fb%20c%252F/"), StringComparison.Ordinal);
        Assert.StartsWith("GET /x ", await RawAsync(bench, "/other/../echo/x"), StringComparison.Ordinal);

        var post = new HttpRequestMessage(HttpMethod.Post, "echo/p") { Content = new StringContent("body") };
        post.Headers.TryAddWithoutValidation("X-Mine", "kept");
        post.Headers.TryAddWithoutValidation("Keep-Alive", "timeout=5");
        string seen = await bench.AskAsync(post, HttpStatusCode.OK);
        Assert.StartsWith("POST /p ", seen, StringComparison.Ordinal);
        Assert.EndsWith("\nbody", seen, StringComparison.Ordinal);
        Assert.Contains("\nX-Mine: kept\n", seen, StringComparison.Ordinal);
        Assert.Contains("\nX-Forwarded-For: 127.0.0.1\n", seen, StringComparison.Ordinal);
        Assert.Contains($"\nX-Forwarded-Host: {bench.Http.BaseAddress!.Authority}\n", seen, StringComparison.Ordinal);
        Assert.Contains("\nX-Forwarded-Proto: http\n", seen, StringComparison.Ordinal);
        Assert.Contains("\nX-Forwarded-Prefix: /echo\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Keep-Alive", seen, StringComparison.Ordinal); // of one connection only
    }

    [Fact]
    public async Task Web_sockets_and_streams_pass_as_they_come()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp");
        var goOn = new TaskCompletionSource();
        await using Backend backend = await bench.ServeAsync(
            "live",
            "l-1",
            context => context.WebSockets.IsWebSocketRequest ? RepeatAsync(context) : StreamAsync(context, goOn.Task)
        );
        using var deadline = new CancellationTokenSource(Wait.Deadline);
        await Wait.UntilAsync(async () => (await bench.Link.ReadAcknowledgedAsync("live")).Subscribers > 0, () => "the gateway follows the registry");
        await bench.AnswersAsync("nobody", HttpStatusCode.ServiceUnavailable);

        HttpResponseMessage? streamed = null;
        await Wait.UntilAsync(
            async () => (streamed = await bench.Http.GetAsync(new Uri("live/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)).IsSuccessStatusCode,
            () => "the stream begins"
        );
        await using Stream stream = await streamed!.Content.ReadAsStreamAsync();
        Assert.Equal((byte)'1', await ReadByteAsync(stream, deadline.Token)); // the first has come, though the answer has not ended
        goOn.SetResult();
        Assert.Equal((byte)'2', await ReadByteAsync(stream, deadline.Token));

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(bench.Http.BaseAddress!) { Scheme = "ws", Path = "/live/talk" }.Uri, deadline.Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);
        byte[] buffer = new byte[16];
        WebSocketReceiveResult answer = await socket.ReceiveAsync(buffer, deadline.Token);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
    }

    // Long, because nobody else may be taken for silent: a machine may stand still for seconds.
    [LongFact]
    public async Task It_answers_503_without_an_instance_502_when_one_breaks_off_504_when_one_is_silent_each_with_a_reason()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp", "--answer-limit", "10s");
        Assert.Equal("nobody: the registry knows no instance of it.\n", await WhenHeardAsync(bench, "nobody/x"));
        Assert.Equal("Name a service: /SERVICE/path.\n", await bench.GetAsync("", HttpStatusCode.NotFound));

        int calls = 0;
        await using Backend backend = await bench.ServeAsync("moody", "m-1", context => Misbehave(context, () => Interlocked.Increment(ref calls)));
        await bench.AnswersAsync("moody/fine", HttpStatusCode.OK);

        // A request that may have been received is not sent twice, unless that does no harm.
        string broken = await bench.AskAsync(new(HttpMethod.Post, "moody/abort"), HttpStatusCode.BadGateway);
        Assert.Equal("MOODY/m-1: broke off without an answer (try 1).\n", broken);
        Assert.Equal(1, calls);
        Assert.Contains("(try 3)", await bench.GetAsync("moody/abort", HttpStatusCode.BadGateway), StringComparison.Ordinal);
        Assert.Equal(4, calls);
        await bench.AskAsync(new(HttpMethod.Put, "moody/abort") { Content = new StringContent("x") }, HttpStatusCode.BadGateway);
        Assert.Equal(5, calls);

        Assert.Equal("MOODY/m-1: did not answer in time (try 1).\n", await bench.GetAsync("moody/silent", HttpStatusCode.GatewayTimeout));
        Assert.Equal(6, calls);

        // What an instance itself answers is passed on, be it a 502.
        Assert.Equal("mine", await bench.GetAsync("moody/own-502", HttpStatusCode.BadGateway));

        await bench.Link.SetStatusAsync("moody", "m-1", Core.Model.InstanceStatus.OutOfService);
        await bench.AnswersAsync("moody/fine", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("MOODY: none of its 1 instances is up.\n", await bench.GetAsync("moody/fine", HttpStatusCode.ServiceUnavailable));
    }

    [Fact]
    public async Task An_instance_that_nobody_listens_at_costs_no_request_of_any_method()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp");
        await using Backend alive = await bench.ServeAsync("half", "alive", context => context.Response.WriteAsync("alive"));
        await bench.AnswersAsync("half/x", HttpStatusCode.OK);
        int quiet = QuietPort.Next();
        Assert.Null((await bench.Link.RegisterAsync(alive.As("half", "dead") with { Port = quiet })).Error);
        for (int i = 0; i < 40; i++)
        {
            var post = new HttpRequestMessage(HttpMethod.Post, "half/x") { Content = new StringContent("body") };
            Assert.Equal("alive", await bench.AskAsync(post, HttpStatusCode.OK));
        }
    }

    [Fact]
    public async Task An_instance_whose_machine_is_silent_costs_no_request_either()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp");
        var goOn = new TaskCompletionSource();
        await using Backend alive = await bench.ServeAsync("half", "alive", async context =>
        {
            await context.Response.WriteAsync("alive");
            await context.Response.Body.FlushAsync();
            await (HttpMethods.IsGet(context.Request.Method) ? goOn.Task.WaitAsync(context.RequestAborted) : Task.CompletedTask);
        });
        HttpResponseMessage? first = null;
        await Wait.UntilAsync(
            async () => (first = await bench.Http.GetAsync(new Uri("half/x", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)).IsSuccessStatusCode,
            () => "a request under way at alive"
        );

        // It has no request under way, so the next goes there. It listens, but its queue of connections is full, so nothing answers.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(1);
        var place = (IPEndPoint)silent.LocalEndpoint;
        Socket[] queue = [.. Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];
        Array.ForEach(queue, socket => _ = socket.ConnectAsync(place));
        RegisterResult known = await bench.Link.RegisterAsync(alive.As("half", "silent") with { Port = place.Port });
        await Wait.UntilAsync(
            async () => (await bench.Link.ReadAcknowledgedAsync("half")).Version.Number >= known.Version,
            () => "the gateway knows of it"
        );
        long asked = Stopwatch.GetTimestamp();
        Assert.Equal("alive", await bench.AskAsync(new(HttpMethod.Post, "half/x") { Content = new StringContent("body") }, HttpStatusCode.OK));
        Assert.True(Stopwatch.GetElapsedTime(asked) > TimeSpan.FromSeconds(2), "It was to wait for the silent one for 3 s.");
        goOn.SetResult();
        first!.Dispose();
        Array.ForEach(queue, socket => socket.Dispose());
    }

    [Fact]
    public async Task It_prefers_its_zone_and_goes_to_others_when_that_is_lost()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("http", "--zone", "a");
        await using Backend first = await Backend.StartAsync(context => context.Response.WriteAsync("a"));
        await using Backend second = await Backend.StartAsync(context => context.Response.WriteAsync("b"));
        await second.RegisterAsync(bench.Link, "zoned", "z-b", zone: "b");
        await bench.AnswersAsync("zoned/x", HttpStatusCode.OK);
        await first.RegisterAsync(bench.Link, "zoned", "z-a", zone: "a");
        await Wait.UntilAsync(async () => await bench.GetAsync("zoned/x") == "a", () => "an answer from zone a");
        Assert.Equal(["a"], await ManyAsync(bench, 50));
        await bench.Link.CancelAsync("zoned", "z-a");
        await Wait.UntilAsync(async () => await bench.GetAsync("zoned/x") == "b", () => "an answer from zone b");
        Assert.Equal(["b"], await ManyAsync(bench, 50));
    }

    [Fact]
    public async Task It_goes_on_while_the_registry_is_away()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("tcp");
        await using Backend backend = await bench.ServeAsync("steady", "s-1", context => context.Response.WriteAsync("here"));
        await bench.AnswersAsync("steady/x", HttpStatusCode.OK);
        await bench.Registry.KillAsync();
        await bench.Gateway.SayAsync("ServerLeft");
        Assert.Equal("here", await bench.GetAsync("steady/x"));
    }

    [Fact]
    public async Task It_forwards_to_what_a_Java_server_knows()
    {
        await using JavaEurekaServer java = JavaEurekaServer.Started();
        await using Backend backend = await Backend.StartAsync(context => context.Response.WriteAsync("here"));
        await using (EurekaLink owner = await EurekaLink.ConnectAsync(java.Address))
        {
            await backend.RegisterAsync(owner, "old", "o-1");
        }

        await using ProgramProcess gateway = ProgramProcess.Gateway("--registry", java.Address.OriginalString, "--listen", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await gateway.ReadyAsync(), Timeout = Wait.Deadline };
        string last = "";
        await Wait.UntilAsync(
            async () =>
            {
                using HttpResponseMessage response = await http.GetAsync(new Uri("old/x", UriKind.Relative));
                return (last = await response.Content.ReadAsStringAsync()) == "here";
            },
            () => $"an answer of o-1; it was {last}\n{gateway.Printed}"
        );
    }

    [QuicFact]
    public async Task It_follows_a_registry_over_QUIC()
    {
        await using GatewayBench bench = await GatewayBench.StartAsync("quic");
        await using Backend backend = await bench.ServeAsync("fast", "f-1", context => context.Response.WriteAsync("quick"));
        await bench.AnswersAsync("fast/x", HttpStatusCode.OK);
    }

    private static async Task<IEnumerable<string>> ManyAsync(GatewayBench bench, int calls)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < calls; i++)
        {
            seen.Add(await bench.GetAsync("zoned/x"));
        }

        return seen;
    }

    /// <summary>The reason of a 503, once it is not that the registry has not been heard.</summary>
    private static async Task<string> WhenHeardAsync(GatewayBench bench, string path)
    {
        string reason = "";
        await Wait.UntilAsync(
            async () => !(reason = await bench.GetAsync(path, HttpStatusCode.ServiceUnavailable)).Contains("no registry has been heard", StringComparison.Ordinal),
            () => $"the registry is heard; the reason is {reason}"
        );
        return reason;
    }

    /// <summary>A request whose target no client would tidy up.</summary>
    private static async Task<string> RawAsync(GatewayBench bench, string target)
    {
        using var client = new TcpClient();
        using var deadline = new CancellationTokenSource(Wait.Deadline);
        await client.ConnectAsync(IPAddress.Loopback, bench.Http.BaseAddress!.Port, deadline.Token);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.0\r\nHost: gateway\r\n\r\n"), deadline.Token);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(deadline.Token);
        return answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string headers = string.Concat(context.Request.Headers.Select(header => $"{header.Key}: {header.Value}\n"));
        await context.Response.WriteAsync($"{context.Request.Method} {target} \n{headers}\n{await body.ReadToEndAsync()}");
    }

    private static async Task StreamAsync(HttpContext context, Task goOn)
    {
        await context.Response.WriteAsync("1");
        await context.Response.Body.FlushAsync();
        await goOn.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("2");
    }

    private static async Task RepeatAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[1_024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: WebSocketMessageType.Text } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static async Task Misbehave(HttpContext context, Action count)
    {
        switch (context.Request.Path.Value)
        {
            case "/abort":
                count();
                context.Abort();
                break;
            case "/silent":
                count();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "/own-502":
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                await context.Response.WriteAsync("mine");
                break;
            default:
                await context.Response.WriteAsync("fine");
                break;
        }
    }

    private static async Task<byte> ReadByteAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] one = new byte[1];
        await stream.ReadExactlyAsync(one, cancellation);
        return one[0];
    }
}
