using System.Diagnostics;
using Rollcall.Client.Choosing;
using Rollcall.Client.Registering;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Client.Tests;

/// <summary>A client through its life, over links into registries of this process. Time is moved by hand.</summary>
public sealed class RollcallClientTests(ITestOutputHelper output)
{
    private static readonly ClientOptions s_options = new();

    [Fact]
    public async Task From_start_to_stop_over_one_connection()
    {
        await using ClientBench bench = new();
        bench.Node.Registry.Register("stock", "s-1");
        await bench.Client.StartAsync();
        await bench.Client.RegisterAsync(ClientBench.Self);
        await Wait.UntilAsync(() => bench.Status(bench.Node) == InstanceStatus.Starting, "it is starting");
        bench.Client.Started();
        bench.Client.SetHealth(true);
        await Wait.UntilAsync(() => bench.Status(bench.Node) == InstanceStatus.Up, "it is up");

        await Wait.UntilAsync(() => bench.Client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        Assert.True(bench.Client.TryChoose("stock", out Pick pick));
        Assert.Equal("http://10.0.0.1:8080/", pick.Endpoint.Uri.ToString());
        pick.End(CallOutcome.Succeeded);
        Assert.False(bench.Client.TryChoose("mail", out _));
        Assert.Equal("node-0", bench.Client.Server);

        Task stop = bench.Client.StopAsync();
        await bench.PassUntilAsync(() => stop.IsCompleted, TimeSpan.FromSeconds(1), "it stops");
        Assert.Equal(["Register Starting", "Register Up", "Register OutOfService", "Cancel"], bench.Heard);
        Assert.Null(bench.Status(bench.Node));
        Assert.Equal(1, bench.Node.Tries);
        Assert.Equal(0, bench.Time.PendingCount);
    }

    [Fact]
    public async Task A_registry_that_is_away_stops_nothing_and_is_taken_up_when_it_comes()
    {
        await using ClientBench bench = new();
        bench.Node.IsDown = true;
        await bench.Client.StartAsync();
        await bench.Client.RegisterAsync(ClientBench.Self);
        bench.Client.Started();
        bench.Client.SetHealth(true);
        await bench.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        Assert.Null(bench.Client.RegisteredStatus);
        Assert.Null(bench.Client.Age);

        bench.Node.IsDown = false;
        bench.Node.Registry.Register("stock", "s-1");
        TimeSpan took = await bench.PassUntilAsync(
            () => bench.Status(bench.Node) == InstanceStatus.Up && bench.Client.Catalogue.Find("stock") is not null,
            s_options.RetryMax + TimeSpan.FromSeconds(1),
            "it is up and follows"
        );
        output.WriteLine($"taken up {took.TotalSeconds} s after the registry came");
        Assert.Equal(ClientNoticeKind.ServerFailed, bench.Notices[0].Kind);
    }

    [Fact]
    public async Task Failing_fast_says_why_it_cannot_start()
    {
        await using ClientBench bench = new(1, s_options with { FailFast = true, StartLimit = TimeSpan.FromSeconds(5) });
        bench.Node.IsDown = true;
        Task start = bench.Client.StartAsync();
        await bench.PassUntilAsync(() => start.IsCompleted, TimeSpan.FromSeconds(6), "it gives up");
        LinkException problem = await Assert.ThrowsAsync<LinkException>(() => start);
        Assert.Equal(
            "The registry did not answer within 5s (ClientOptions.StartLimit, FailFast). The node is down.",
            problem.Message
        );
    }

    [Fact]
    public async Task Failing_fast_says_what_the_registry_refuses()
    {
        await using ClientBench bench = new(1, s_options with { FailFast = true });
        await bench.Client.StartAsync();
        RegistrationRefusedException refused = await Assert.ThrowsAsync<RegistrationRefusedException>(() =>
            bench.Client.RegisterAsync(ClientBench.Self with { Port = 0 })
        );
        Assert.Equal(RegistryErrorCode.InvalidValue, refused.Error.Code);
        Assert.Contains("port 0 is outside 1..65535", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_lease_never_ends_while_it_lives_and_it_beats_no_more_than_needed()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        TimeSpan life = TimeSpan.FromMinutes(10);
        await bench.PassAsync(life, eachStep: () => Assert.Equal(InstanceStatus.Up, bench.Status(bench.Node)));
        int beats = bench.Heard.Count(what => what == "Renew");
        Assert.InRange(beats, life / TimeSpan.FromSeconds(10.5), (life / TimeSpan.FromSeconds(9)) + 1);
        Assert.Equal(2, bench.Heard.Count(what => what.StartsWith("Register", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_a_restart_of_the_registry_it_is_back_within_seconds_and_the_others_are_not_forgotten()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        bench.Node.Registry.Register("stock", "s-1");
        await Wait.UntilAsync(() => bench.Client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        bench.Node.Restart(SteppedRegistry.Options with { Seed = 99 });
        TimeSpan took = await bench.PassUntilAsync(
            () => bench.Status(bench.Node) == InstanceStatus.Up,
            TimeSpan.FromSeconds(4),
            "it has registered again"
        );
        output.WriteLine($"registered again {took.TotalSeconds} s after the restart");
        Assert.True(bench.Client.TryChoose("stock", out Pick pick));
        Assert.Equal("s-1", pick.Endpoint.Id);
        Assert.NotNull(pick.Endpoint.HeldFor);
    }

    [Fact]
    public async Task When_its_server_dies_it_goes_on_with_another()
    {
        await using ClientBench bench = await new ClientBench(3).UpAsync();
        for (int deaths = 0; deaths < 2; deaths++)
        {
            FakeNode dead = bench.Nodes.Single(node => bench.Client.Server == $"node-{bench.Nodes.ToList().IndexOf(node)}");
            dead.IsDown = true;
            dead.LoseLinks();
            TimeSpan took = await bench.PassUntilAsync(
                () => bench.Nodes.Any(node => !node.IsDown && bench.Status(node) == InstanceStatus.Up),
                TimeSpan.FromSeconds(4),
                "it has registered with another server"
            );
            output.WriteLine($"with another server after {took.TotalSeconds} s");
        }
    }

    [Fact]
    public async Task A_catalogue_stays_through_an_outage_and_says_its_age()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        bench.Node.Registry.Register("stock", "s-1");
        await Wait.UntilAsync(() => bench.Client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        bench.Node.IsDown = true;
        bench.Node.LoseLinks();
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromSeconds(10));
        Assert.True(bench.Client.TryChoose("stock", out _));
        Assert.InRange(bench.Client.Age!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task Changes_of_metadata_reach_the_registry_and_an_instance_stays_the_same()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        bench.Client.Change(self => self with { Metadata = [KeyValuePair.Create("colour", "green")] });
        await Wait.UntilAsync(
            () => bench.Node.Registry.Find("orders", "me")!.Metadata.TryGet("colour"u8, out _),
            "the registry knows the colour"
        );
        Assert.Equal(InstanceStatus.Up, bench.Status(bench.Node));
        Assert.Throws<ArgumentException>(() => bench.Client.Change(self => self with { Id = "other" }));
        bench.Client.SetStatus(InstanceStatus.OutOfService);
        await Wait.UntilAsync(() => bench.Status(bench.Node) == InstanceStatus.OutOfService, "it is out of service");
    }

    [Fact]
    public async Task A_stop_waits_for_other_subscribers_to_see_it_go()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        await using var other = new EmbeddedLink(bench.Node.Registry.Registry, Core.Access.Principal.Anyone);
        await using IAsyncEnumerator<Core.Watching.RegistryUpdate> watch = other
            .WatchAsync(Core.Watching.InstanceFilter.All, RegistryVersion.None)
            .GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        ValueTask<bool> next = watch.MoveNextAsync(); // acknowledges; then it is busy with what comes

        Task stop = bench.Client.StopAsync();
        await bench.PassUntilAsync(() => bench.Status(bench.Node) == InstanceStatus.OutOfService, TimeSpan.FromSeconds(1), "it is announced");
        Assert.True(await next);
        await bench.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        Assert.Equal(InstanceStatus.OutOfService, bench.Status(bench.Node)); // the other has not acknowledged: still there
        ValueTask<bool> after = watch.MoveNextAsync();
        await bench.PassUntilAsync(() => stop.IsCompleted, TimeSpan.FromSeconds(1), "it stops once the other has seen it");
        Assert.Null(bench.Status(bench.Node));
        Assert.Equal("Cancel", bench.Heard[^1]);
        Assert.True(await after);
    }

    [Fact]
    public async Task A_stop_ends_within_its_limits_if_the_registry_is_away()
    {
        await using ClientBench bench = await new ClientBench().UpAsync();
        bench.Node.IsDown = true;
        bench.Node.LoseLinks();
        Task stop = bench.Client.StopAsync();
        TimeSpan took = await bench.PassUntilAsync(() => stop.IsCompleted, s_options.DrainLimit + s_options.CancelLimit, "it stops");
        output.WriteLine($"stopped after {took.TotalSeconds} s without a registry");
        Assert.Contains("could not be cancelled", bench.Notices[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_is_found_by_its_virtual_address_by_TLS_or_without()
    {
        await using ClientBench bench = new();
        bench.Node.Registry.Register(RegistrationBuilder.Of("stock", "plain") with { Vips = "shop" });
        bench.Node.Registry.Register(RegistrationBuilder.Of("stock", "secure") with { SecureVips = "shop", SecurePort = 443, SecurePortEnabled = true });
        await bench.Client.StartAsync();
        await Wait.UntilAsync(() => bench.Client.Catalogue.Find("stock")?.UpCount == 2, "the catalogue knows both");
        Assert.True(bench.Client.TryChooseVip("shop", secure: false, out Pick plain));
        Assert.True(bench.Client.TryChooseVip("shop", secure: true, out Pick secure));
        Assert.Equal(("plain", "secure"), (plain.Endpoint.Id, secure.Endpoint.Id));
        Assert.False(bench.Client.TryChooseVip("SHOP", secure: false, out _));
    }

    [Fact]
    public async Task It_says_how_long_ago_a_call_was_answered()
    {
        await using ClientBench bench = new();
        Assert.Null(bench.Client.LastAnswerAge);
        await bench.UpAsync();
        Assert.Equal(TimeSpan.Zero, bench.Client.LastAnswerAge);
        bench.Node.IsDown = true;
        bench.Node.LoseLinks();
        await bench.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromMinutes(10), bench.Client.LastAnswerAge);
    }

    [Fact]
    public async Task Disposing_announces_nothing_and_sends_nothing_more()
    {
        ClientBench bench = await new ClientBench().UpAsync();
        await bench.DisposeAsync();
        string[] before = bench.Heard;
        bench.Client.SetHealth(false);
        bench.Time.Pass(TimeSpan.FromHours(1));
        Assert.Equal(before, bench.Heard);
        Assert.Equal(InstanceStatus.Up, bench.Status(bench.Node));
        Assert.Equal(0, bench.Time.PendingCount);
    }

    [Fact]
    public async Task Disabled_it_does_nothing_and_checks_nothing()
    {
        await using ClientBench bench = new(1, new ClientOptions { Enabled = false, TriesPerCall = -1 });
        await bench.Client.StartAsync();
        await bench.Client.RegisterAsync(ClientBench.Self);
        bench.Client.Started();
        bench.Client.Change(self => self);
        await bench.Client.StopAsync();
        Assert.Equal(0, bench.Node.Tries);
        Assert.Equal(0, bench.Time.PendingCount);
        Assert.Empty(new ClientOptions { Enabled = false, TriesPerCall = -1 }.Validate());
    }

    [Fact]
    public async Task The_order_of_calls_is_checked()
    {
        await using ClientBench bench = new();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Client.RegisterAsync(ClientBench.Self));
        await bench.Client.StartAsync();
        await bench.Client.StartAsync(); // twice is once
        await bench.Client.RegisterAsync(ClientBench.Self);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Client.RegisterAsync(ClientBench.Self));
        await bench.Client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.Client.StartAsync());
    }

    [Fact]
    public async Task A_thousand_lives_leave_no_timer_no_thread_no_handle_and_no_memory()
    {
        await LiveAsync(50); // what is made once is made
        (int threads, int handles, long bytes) = Measure();
        await LiveAsync(1_000);
        (int threadsAfter, int handlesAfter, long bytesAfter) = Measure();
        output.WriteLine($"threads {threads} -> {threadsAfter}, handles {handles} -> {handlesAfter}, {bytes} -> {bytesAfter} bytes");
        Assert.InRange(threadsAfter, 0, threads + 100); // the pool adds some while the machine is busy; a life that keeps one keeps a thousand
        Assert.InRange(handlesAfter, 0, handles + 16);
        Assert.InRange(bytesAfter - bytes, long.MinValue, 10_000_000); // a life that is kept keeps its registry: 5 MB each
    }

    private static async Task LiveAsync(int lives)
    {
        for (int life = 0; life < lives; life++)
        {
            var time = new HandTime();
            // Its own node each: links that a node remembers would look like a leak.
            FakeNode own = new();
            await using var client = new RollcallClient(new ClientOptions(), [new("node", own.OpenAsync)], time);
            await client.StartAsync();
            await client.RegisterAsync(ClientBench.Self);
            client.Started();
            client.SetHealth(true);
            await Wait.UntilAsync(() => client.RegisteredStatus == InstanceStatus.Up, "it is up");
            Task stop = client.StopAsync();
            while (!stop.IsCompleted)
            {
                if (client.Registration!.IsWaiting)
                {
                    time.Pass(TimeSpan.FromMilliseconds(10));
                }

                await Task.Yield();
            }

            await stop;
            Assert.False(own.Registry.Has("orders", "me"));
            await Wait.UntilAsync(() => time.PendingCount == 0, "no timer is left");
        }
    }

    private static (int Threads, int Handles, long Bytes) Measure()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using var self = Process.GetCurrentProcess();
        int handles = OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : self.HandleCount;
        return (self.Threads.Count, handles, GC.GetTotalMemory(forceFullCollection: true));
    }
}
