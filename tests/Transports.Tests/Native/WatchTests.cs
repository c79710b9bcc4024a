using System.Diagnostics;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>Watching over HTTP, as bytes on the wire: events and long polls.</summary>
public sealed class WatchTests
{
    private const string Events = "Accept: text/event-stream";

    [Fact]
    public async Task A_stream_begins_with_its_subscription_and_a_snapshot_and_tells_each_change()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("ORDERS", "o-1");
        using var stream = new EventLines(server, "/v1/watch");
        Assert.Equal("text/event-stream", stream.Head["Content-Type"]);
        Assert.Equal("no-store", stream.Head["Cache-Control"]);
        Assert.Equal("subscribed", stream.Next()["event"]);

        Dictionary<string, string> snapshot = stream.Next();
        Assert.Equal(("snapshot", VersionOf(server)), (snapshot["event"], snapshot["id"]));
        Assert.Contains("\"o-1\"", snapshot["data"], StringComparison.Ordinal);

        server.Ask("PUT", "/v1/instances/orders/o-1/status?value=DOWN");
        Dictionary<string, string> changes = stream.Next();
        Assert.Equal(("changes", VersionOf(server)), (changes["event"], changes["id"]));
        JsonElement change = JsonDocument.Parse(changes["data"]).RootElement.GetProperty("changes")[0];
        Assert.Equal(("modified", "status-set", "DOWN"), (Text(change, "kind"), Text(change, "cause"), Text(change, "status")));
        server.AssertNoFailures();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_resumes_behind_what_was_seen(bool byHeader)
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        string empty = VersionOf(server);
        server.Register("ORDERS", "o-1");
        string seen = VersionOf(server);
        server.Register("ORDERS", "o-2");
        using EventLines stream = byHeader
            ? new EventLines(server, $"/v1/watch?since={empty}", $"Last-Event-ID: {seen}")
            : new EventLines(server, $"/v1/watch?since={seen}");
        stream.Next();
        Dictionary<string, string> changes = stream.Next();
        Assert.Equal("changes", changes["event"]);
        Assert.Contains("\"o-2\"", changes["data"], StringComparison.Ordinal);
        Assert.DoesNotContain("\"o-1\"", changes["data"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_news_says_that_it_lives_and_where_to_resume()
    {
        var options = new HttpServerOptions { WatchKeepAlive = TimeSpan.FromMilliseconds(100) };
        await using HttpFixture server = await HttpFixture.StartAsync(options);
        using var stream = new EventLines(server, "/v1/watch?service=orders");
        stream.Next();
        Assert.Equal("snapshot", stream.Next()["event"]);
        Assert.Equal("", stream.Next()[""]);
        Assert.Equal("", stream.Next()[""]);

        server.Register("PAYMENTS", "p-1");
        Dictionary<string, string> next = stream.Next();
        while (!next.ContainsKey("event"))
        {
            next = stream.Next();
        }

        Assert.Equal(("progress", VersionOf(server)), (next["event"], next["id"]));
        Assert.Equal("", stream.Next()[""]);
    }

    [Fact]
    public async Task A_stream_is_not_silent_because_others_are_busy()
    {
        var options = new HttpServerOptions { WatchKeepAlive = TimeSpan.FromMilliseconds(500) };
        await using HttpFixture server = await HttpFixture.StartAsync(options);
        server.Register("PAYMENTS", "p-1");
        using var stream = new EventLines(server, "/v1/watch?service=orders");
        stream.Next();
        stream.Next();
        using var enough = new CancellationTokenSource();
        Task busy = Task.Run(() =>
        {
            for (int i = 0; !enough.IsCancellationRequested; i++)
            {
                server.Registry.SetMetadata(InstanceKey.Of("PAYMENTS", "p-1"), [new("i", $"{i}")], server.Registry.Now);
                Thread.Sleep(1); // the load, not a wait for anything
            }
        });

        // The first is due at half a second, wherever the others are then.
        Assert.Equal("progress", stream.Next()["event"]);
        Assert.Equal("progress", stream.Next()["event"]);
        await enough.CancelAsync();
        await busy;
    }

    [Fact]
    public async Task A_change_is_encoded_once_for_all_who_watch()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        EventLines[] streams = [.. Enumerable.Range(0, 20).Select(_ => new EventLines(server, "/v1/watch"))];
        foreach (EventLines stream in streams)
        {
            stream.Next();
            stream.Next();
        }

        server.Register("ORDERS", "o-1");
        string[] seen = [.. streams.Select(stream => stream.Next()["data"]).Distinct()];
        Assert.Single(seen);
        Assert.Equal(20, server.Registry.Subscribers.Read().Count);
        foreach (EventLines stream in streams)
        {
            stream.Dispose();
        }

        await NobodyWatchesAsync(server);
    }

    [Fact]
    public async Task No_more_watch_than_may()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(new HttpServerOptions { WatchersMax = 2 });
        using var first = new EventLines(server, "/v1/watch");
        var second = new EventLines(server, "/v1/watch");
        second.Next();
        foreach (string headers in (string[])[Events, ""])
        {
            RawAnswer refused = server.Ask("GET", "/v1/watch?wait=0", headers);
            Assert.Equal(503, refused.Status);
            Assert.NotNull(refused["Retry-After"]);
            Assert.Contains("WatchersMax", refused["X-Rollcall-Reason"], StringComparison.Ordinal);
        }

        second.Dispose();
        await WatchedByAsync(server, 1);
        Assert.Equal(200, server.Ask("GET", "/v1/watch?wait=0").Status);
        Assert.Equal("subscribed", first.Next()["event"]);
    }

    [Fact]
    public async Task A_reader_that_never_reads_is_closed_and_holds_nothing()
    {
        var options = new HttpServerOptions { WatchStallTimeout = TimeSpan.FromMilliseconds(300) };
        await using HttpFixture server = await HttpFixture.StartAsync(options, new RegistryOptions { Seed = 1, ChangeRingCapacity = 64 });
        server.Register("ORDERS", "o-1");
        using RawConnection deaf = server.Connect();
        deaf.Send(HttpFixture.RequestBytes("GET", "/v1/watch", Events, default));
        await WatchedByAsync(server, 1);
        using var hearing = new EventLines(server, "/v1/watch");
        hearing.Next();

        // Until the sockets between the two are full, and then for a moment more.
        var pairs = new KeyValuePair<string, string>[] { new("filler", new string('x', 30_000)) };
        long begun = Stopwatch.GetTimestamp();
        while (server.Registry.Subscribers.Read().Count == 2)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), "a reader that never reads is still there");
            pairs[0] = new("filler", new string((char)('a' + Random.Shared.Next(26)), 30_000));
            server.Registry.SetMetadata(InstanceKey.Of("ORDERS", "o-1"), pairs, server.Registry.Now);
            while (hearing.HasMore())
            {
                hearing.Next();
            }
        }

        Assert.True(deaf.IsClosedByServer());
        server.AssertNoFailures();
    }

    [Fact]
    public async Task The_server_stops_although_some_watch()
    {
        HttpFixture server = await HttpFixture.StartAsync();
        using var stream = new EventLines(server, "/v1/watch");
        stream.Next();
        stream.Next();
        Task<RawAnswer> poll = Task.Run(() => server.Ask("GET", $"/v1/watch?since={VersionOf(server)}&wait=60"));
        await WatchedByAsync(server, 2);

        long begun = Stopwatch.GetTimestamp();
        await server.DisposeAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, HttpFixture.StopPatience * 0.8);
        Assert.True(stream.IsAtEnd());
        RawAnswer answer = await poll.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("progress", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_waits_for_what_it_follows_and_answers_at_once_when_it_comes()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("ORDERS", "o-1");
        string since = VersionOf(server);
        Task<RawAnswer> poll = Task.Run(() => server.Ask("GET", $"/v1/watch?since={since}&service=orders&wait=60"));
        await WatchedByAsync(server, 1);
        Assert.Equal(since, server.Registry.Subscribers.Acknowledged("orders").Version.ToString());
        server.Register("PAYMENTS", "p-1");
        server.Register("ORDERS", "o-2");

        RawAnswer answer = await poll.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("\"o-2\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("p-1", answer.Text, StringComparison.Ordinal);
        Assert.Equal(VersionOf(server), answer["X-Rollcall-Version"]);
        await NobodyWatchesAsync(server);
    }

    [Fact]
    public async Task A_poll_in_vain_says_the_version_after_its_wait()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        string since = VersionOf(server);
        long begun = Stopwatch.GetTimestamp();
        RawAnswer answer = server.Ask("GET", $"/v1/watch?since={since}&wait=0.3");
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(0.29), TimeSpan.FromSeconds(40));
        Assert.Equal($"{{\"kind\":\"progress\",\"version\":\"{since}\"}}\n", answer.Text);
    }

    [Fact]
    public async Task A_poll_that_is_given_up_watches_no_more()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        using (RawConnection connection = server.Connect())
        {
            connection.Send(HttpFixture.RequestBytes("GET", $"/v1/watch?since={VersionOf(server)}&wait=60", "", default));
            await WatchedByAsync(server, 1);
        }

        await NobodyWatchesAsync(server);
        server.AssertNoFailures();
    }

    [Fact]
    public async Task Acknowledging_tells_what_all_have_seen()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("ORDERS", "o-1");
        using var one = new EventLines(server, "/v1/watch");
        using var other = new EventLines(server, "/v1/watch?service=orders");
        string[] names = [.. new[] { one, other }.Select(stream => Text(JsonDocument.Parse(stream.Next()["data"]).RootElement, "subscription"))];
        Assert.Equal(2, names.Distinct().Count());
        one.Next();
        other.Next();

        string version = VersionOf(server);
        Assert.Equal(204, Acknowledge(server, names[0], version).Status);
        Assert.Contains("-0\"", server.Ask("GET", "/v1/services/orders/acknowledged").Text, StringComparison.Ordinal);
        Assert.Equal(204, Acknowledge(server, names[1], version).Status);
        string seen = server.Ask("GET", "/v1/services/orders/acknowledged").Text;
        Assert.Contains(version, seen, StringComparison.Ordinal);
        Assert.Contains("\"subscribers\": 2", seen, StringComparison.Ordinal);

        Assert.Equal(404, Acknowledge(server, new string('0', 32), version).Status);
        Assert.Equal(400, Acknowledge(server, names[0], version[..^1] + "9").Status);
        Assert.Equal(400, Acknowledge(server, names[0], "1-1").Status);
    }

    [Theory]
    [InlineData("since=1")]
    [InlineData("since=")]
    [InlineData("since=x-1")]
    [InlineData("since=1-1-1")]
    [InlineData("since=11111111111111111-1")]
    [InlineData("wait=-1")]
    [InlineData("wait=1e3")]
    [InlineData("wait=301")]
    [InlineData("wait=99999999999999999999999999999999")]
    [InlineData("wait=")]
    [InlineData("service=a&vip=b")]
    [InlineData("vip=a&svip=b")]
    [InlineData("service=%ZZ")]
    [InlineData("service=%FF")]
    public async Task What_cannot_be_understood_is_refused_with_the_reason(string query)
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        foreach (string headers in (string[])[Events, ""])
        {
            RawAnswer refused = server.Ask("GET", $"/v1/watch?{query}", headers);
            Assert.Equal(400, refused.Status);
            Assert.NotNull(refused["X-Rollcall-Reason"]);
        }

        Assert.Equal(0, server.Registry.Subscribers.Read().Count);
    }

    private static RawAnswer Acknowledge(HttpFixture server, string subscription, string version) =>
        server.Ask("POST", "/v1/acknowledge", "", $"{{\"subscription\":\"{subscription}\",\"version\":\"{version}\"}}");

    private static string VersionOf(HttpFixture server) =>
        new RegistryVersion(server.Registry.BootEpoch, server.Registry.ReadSnapshot().Version).ToString();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static Task NobodyWatchesAsync(HttpFixture server) => WatchedByAsync(server, 0);

    private static async Task WatchedByAsync(HttpFixture server, int count)
    {
        long begun = Stopwatch.GetTimestamp();
        while (server.Registry.Subscribers.Read().Count != count)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60),
                $"expected {count} subscribers, seen {server.Registry.Subscribers.Read().Count}"
            );
            await Task.Delay(5);
        }
    }
}
