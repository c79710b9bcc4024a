using System.Text.Json.Nodes;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>Java servers that send their batches to us: each branch of what Java's receiver does, answered so that Java's sender reads it.</summary>
/// <remarks>
/// The sender is the fake: its items are made of its own registry, our answers are read as strictly as Java reads them, and it does with
/// them what Java does. The bytes as such: Server/Golden/04-replication.txt.
/// </remarks>
public sealed class JavaSenderTests
{
    [Fact]
    public async Task A_registration_is_taken_whole()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1", status: "STARTING").ToJsonString());
        Assert.Empty(bench.Send("Register", "i-1"));
        Instance here = bench.Find("i-1")!;
        Assert.Equal((InstanceStatus.Starting, 1_700_000_000_005), (here.Status, here.ClientStamp));
        Assert.Equal(("h1.example", "demo"), (here.GetText(InstanceText.HostName), here.GetText(InstanceText.Vips)));
    }

    [Fact]
    public async Task A_heartbeat_of_the_record_that_is_here_renews_it()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        bench.Send("Register", "i-1");
        ulong version = bench.Server.Registry.ReadSnapshot().Version;
        bench.Server.Clock.Pass(TimeSpan.FromMilliseconds(800));
        bench.Server.Registry.Advance(bench.Server.Registry.Now);
        long before = bench.Server.Registry.LastRenewalMs(bench.Find("i-1")!);
        bench.Server.Clock.Pass(TimeSpan.FromMilliseconds(800));
        bench.Server.Registry.Advance(bench.Server.Registry.Now);
        Assert.Empty(bench.Send("Heartbeat", "i-1"));
        Assert.True(bench.Server.Registry.LastRenewalMs(bench.Find("i-1")!) > before);
        Assert.Equal(version, bench.Server.Registry.ReadSnapshot().Version);
    }

    [Fact]
    public async Task A_heartbeat_of_what_is_not_here_brings_the_registration()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        JsonObject next = Assert.Single(bench.Send("Heartbeat", "i-1"));
        Assert.Equal("Register", next["action"]!.ToString());
        Assert.Empty(bench.Send(next));
        Assert.NotNull(bench.Find("i-1"));
    }

    [Fact]
    public async Task A_heartbeat_of_a_newer_record_brings_its_override_and_then_the_record()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1", lastDirty: 1_700_000_000_001).ToJsonString());
        bench.Send("Register", "i-1");
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1", lastDirty: 1_700_000_000_002).ToJsonString());
        bench.Java.Do("StatusUpdate", "ORDERS", "i-1", "OUT_OF_SERVICE");
        JsonObject next = Assert.Single(bench.Send("Heartbeat", "i-1"));
        Assert.Equal(InstanceStatus.OutOfService, bench.Find("i-1")!.Override!.Status);
        bench.Send(next);
        Assert.Equal(1_700_000_000_002, bench.Find("i-1")!.ClientStamp);
    }

    [Fact]
    public async Task A_heartbeat_of_an_older_record_gets_ours_and_Java_takes_it()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1", lastDirty: 1_700_000_000_001).ToJsonString());
        Registration ours = RegistrationBuilder.Of("orders", "i-1") with { ClientStamp = 1_700_000_000_009, HostName = "moved", Metadata = [new("a", "1")] };
        bench.Server.Registry.Register(ours, bench.Server.Registry.Now);
        Assert.Empty(bench.Send("Heartbeat", "i-1"));
        JsonObject there = bench.Java.Find("ORDERS", "i-1")!;
        Assert.Equal(("moved", "1700000000009", "1"), (there["hostName"]!.ToString(), there["lastDirtyTimestamp"]!.ToString(), there["metadata"]!["a"]!.ToString()));
    }

    [Fact]
    public async Task A_cancel_removes_and_one_of_nobody_is_answered_and_forgotten()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        bench.Send("Register", "i-1");
        Assert.Equal([200, 404], bench.Statuses(bench.Java.ItemFor("Cancel", "ORDERS", "i-1"), bench.Java.ItemFor("Cancel", "ORDERS", "i-1")));
        Assert.Null(bench.Find("i-1"));
    }

    [Fact]
    public async Task An_override_is_set_and_cleared()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        bench.Send("Register", "i-1");
        bench.Java.Do("StatusUpdate", "ORDERS", "i-1", "OUT_OF_SERVICE");
        Assert.Equal([200, 404], bench.Statuses(bench.Java.ItemFor("StatusUpdate", "ORDERS", "i-1"), Unknown("StatusUpdate", "DOWN")));
        Assert.Equal((InstanceStatus.OutOfService, InstanceStatus.Up), (bench.Find("i-1")!.Status, bench.Find("i-1")!.OwnStatus));
        bench.Java.Do("DeleteStatusOverride", "ORDERS", "i-1");
        Assert.Equal([200, 404], bench.Statuses(bench.Java.ItemFor("DeleteStatusOverride", "ORDERS", "i-1"), Unknown("DeleteStatusOverride", "UNKNOWN")));
        Assert.Equal((InstanceStatus.Up, null), (bench.Find("i-1")!.Status, bench.Find("i-1")!.Override));
    }

    [Fact]
    public async Task A_bad_item_is_refused_alone_and_the_others_are_done()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        JsonObject bad = bench.Java.ItemFor("Register", "ORDERS", "i-1");
        bad["instanceInfo"]!["hostName"] = "";
        Assert.Equal([400, 200], bench.Statuses(bad, bench.Java.ItemFor("Register", "ORDERS", "i-1")));
        Assert.Equal([400], bench.Statuses(Unknown("StatusUpdate", "SIDEWAYS")));
    }

    [Fact]
    public async Task The_same_again_renews_and_is_no_change()
    {
        await using var bench = await Bench.StartAsync();
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1").ToJsonString());
        bench.Send("Register", "i-1");
        ulong version = bench.Server.Registry.ReadSnapshot().Version;
        bench.Send("Register", "i-1");
        Assert.Equal(version, bench.Server.Registry.ReadSnapshot().Version);

        JsonObject changed = bench.Java.ItemFor("Register", "ORDERS", "i-1");
        changed["instanceInfo"]!["metadata"] = new JsonObject { ["a"] = "1" };
        bench.Send(changed);
        Assert.Equal(version + 1, bench.Server.Registry.ReadSnapshot().Version);
    }

    [Fact]
    public async Task An_older_registration_renews_and_changes_nothing()
    {
        await using var bench = await Bench.StartAsync();
        Registration ours = RegistrationBuilder.Of("orders", "i-1") with { ClientStamp = 1_700_000_000_009 };
        bench.Server.Registry.Register(ours, bench.Server.Registry.Now);
        bench.Java.Register(JavaBodies.Instance("ORDERS", "i-1", lastDirty: 1_700_000_000_001).ToJsonString());
        Assert.Empty(bench.Send("Register", "i-1"));
        Assert.Equal("host-1", bench.Find("i-1")!.GetText(InstanceText.HostName));
    }

    [Fact]
    public async Task A_batch_of_250_is_answered_item_by_item_in_order()
    {
        await using var bench = await Bench.StartAsync();
        JsonObject[] items = new JsonObject[250];
        for (int i = 0; i < items.Length; i++)
        {
            bench.Java.Register(JavaBodies.Instance("ORDERS", $"i-{i}").ToJsonString());
            items[i] = bench.Java.ItemFor(i % 2 == 0 ? "Register" : "Cancel", "ORDERS", $"i-{i}");
        }

        Assert.Equal(Enumerable.Range(0, 250).Select(i => i % 2 == 0 ? 200 : 404), bench.Statuses(items));
    }

    private static JsonObject Unknown(string action, string status) =>
        new() { ["appName"] = "ORDERS", ["id"] = "nobody", ["lastDirtyTimestamp"] = 1, ["status"] = status, ["action"] = action };

    private sealed class Bench(HttpFixture server, JavaEurekaServer java) : IAsyncDisposable
    {
        public HttpFixture Server => server;

        public JavaEurekaServer Java => java;

        public static async Task<Bench> StartAsync() => new(await HttpFixture.StartAsync(), new JavaEurekaServer());

        public Instance? Find(string id) => server.Registry.Find(InstanceKey.Of("orders", id));

        /// <summary>Java sends one item; returns what it sends next because of the answer.</summary>
        public IReadOnlyList<JsonObject> Send(string action, string id) => Send(java.ItemFor(action, "ORDERS", id));

        public IReadOnlyList<JsonObject> Send(JsonObject item) => Exchange(item).Next;

        public IEnumerable<int> Statuses(params JsonObject[] items) =>
            ((JsonArray)Exchange(items).Response["responseList"]!).Select(answer => (int)answer!["statusCode"]!);

        public async ValueTask DisposeAsync()
        {
            server.AssertNoFailures();
            await server.DisposeAsync();
            await java.DisposeAsync();
        }

        private (JsonObject Response, IReadOnlyList<JsonObject> Next) Exchange(params JsonObject[] items)
        {
            JsonObject batch = JavaBodies.Batch(items);
            const string Headers = "Content-Type: application/json\nAccept: application/json\nx-netflix-discovery-replication: true";
            RawAnswer answer = server.Ask("POST", "/eureka/peerreplication/batch/", Headers, batch.ToJsonString());
            Assert.Equal(200, answer.Status);
            var response = (JsonObject)JsonNode.Parse(answer.Body)!;
            return (response, java.TakeAnswers(batch, response));
        }
    }
}
