using System.Globalization;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Http;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>Following a Java server by polling, whatever it does.</summary>
public sealed class EurekaWatchTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Each_poll_is_an_update_and_each_change_comes_once()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started());
        side.Java.Register(Json("ORDERS", "i-1"));
        await using var follower = new Poller(await side.DialAsync());
        await follower.Until("ORDERS/i-1 Up");
        side.Java.Register(Json("ORDERS", "i-2"));
        await follower.Until("ORDERS/i-1 Up, ORDERS/i-2 Up");
        side.Java.Do("StatusUpdate", "ORDERS", "i-1", "OUT_OF_SERVICE");
        await follower.Until("ORDERS/i-1 OutOfService, ORDERS/i-2 Up");
        side.Java.Do("Cancel", "ORDERS", "i-2");
        await follower.Until("ORDERS/i-1 OutOfService");

        Assert.Equal(UpdateKind.Snapshot, Assert.Single(follower.Updates, update => update.Kind == UpdateKind.Snapshot).Kind);
        Assert.Equal(3, follower.Updates.Sum(update => update.Changes.Count));
        Assert.DoesNotContain(side.Java.Requests.SkipWhile(request => request.Target != "/eureka/apps/").Skip(1), request => request.Target == "/eureka/apps/");
    }

    [Fact]
    public async Task Who_was_cancelled_and_who_ran_out_is_told_apart()
    {
        var clock = new HandClock();
        await using var side = OtherSide.Of(JavaEurekaServer.Started(time: clock));
        side.Java.Register(Json("ORDERS", "cancelled"));
        side.Java.Register(Json("ORDERS", "silent"));
        side.Java.Do("Heartbeat", "ORDERS", "silent");
        await using var follower = new Poller(await side.DialAsync());
        await follower.NextAsync();
        clock.Pass(TimeSpan.FromSeconds(10));
        side.Java.Do("Cancel", "ORDERS", "cancelled");
        await follower.Until("ORDERS/silent Up");
        clock.Pass(TimeSpan.FromSeconds(200));
        Assert.Equal(1, side.Java.Evict());
        await follower.Until("");
        Assert.Equal(
            [ChangeCause.Cancelled, ChangeCause.Expired],
            follower.Updates.SelectMany(update => update.Changes).Select(change => change.Cause)
        );
    }

    [Fact]
    public async Task A_hash_that_does_not_fit_leads_to_a_full_read()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started(new JavaQuirks { DeltaHash = "UP_7_" }));
        side.Java.Register(Json("ORDERS", "i-1"));
        await using var follower = new Poller(await side.DialAsync());
        await follower.NextAsync();
        Task<JavaRequest> full = side.Java.NextAsync(request => request.Target == "/eureka/apps/", "a full read after the delta");
        await follower.NextAsync();
        await full;

        // What is read again and is the same is no news.
        Assert.Equal(UpdateKind.Progress, follower.Updates[^1].Kind);
    }

    [Fact]
    public async Task What_a_delta_does_not_tell_comes_with_a_full_read()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started(new JavaQuirks { DeltaDisabled = true }));
        side.Java.Register(Json("ORDERS", "i-1"));
        await using var follower = new Poller(await side.DialAsync());
        await follower.Until("ORDERS/i-1 Up");
        side.Java.Do("Cancel", "ORDERS", "i-1");
        side.Java.Register(Json("ORDERS", "i-2"));
        await follower.Until("ORDERS/i-2 Up");
        Assert.Equal(UpdateKind.Snapshot, follower.Updates[^1].Kind);
        Assert.Equal(follower.Updates[0].Version.Epoch, follower.Updates[^1].Version.Epoch);
    }

    [Fact]
    public async Task Lists_of_one_may_be_the_one_as_old_servers_write_them()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started(new JavaQuirks { SinglesUnwrapped = true }));
        side.Java.Register(Json("ORDERS", "i-1"));
        EurekaLink link = await side.DialAsync();
        Assert.Equal("i-1", Assert.Single((await link.ReadAsync(InstanceFilter.All)).Instances).Id);
        Assert.Equal("i-1", Assert.Single((await link.ReadAsync(InstanceFilter.Services("orders"))).Instances).Id);
    }

    [Fact]
    public async Task Javas_cache_hides_a_change_for_half_a_minute_and_nothing_worse()
    {
        var clock = new HandClock();
        await using var side = OtherSide.Of(JavaEurekaServer.Started(new JavaQuirks { ResponseCache = true }, clock));
        EurekaLink link = await side.DialAsync();
        await using var follower = new Poller(link);
        Assert.Empty((await follower.NextAsync()).Instances);
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
        Assert.NotNull(await link.FindAsync("orders", "i-1")); // single instances are never cached
        await follower.NextAsync();
        Assert.Equal("", follower.Seen);
        clock.Pass(TimeSpan.FromSeconds(31));
        await follower.Until("ORDERS/i-1 Up");
    }

    [Fact]
    public async Task A_server_that_has_just_started_is_no_server_yet()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started(new JavaQuirks { RefusesReads = true }));
        EurekaLink link = await side.DialAsync();
        foreach (InstanceFilter filter in (InstanceFilter[])[InstanceFilter.All, InstanceFilter.Services("orders"), InstanceFilter.Vips(false, "v")])
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(() => link.ReadAsync(filter).AsTask());
            Assert.Equal(LinkFailure.Unavailable, refused.Failure);
        }

        // Writes are not gated.
        Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"))).Error);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(307)]
    public async Task A_server_that_does_not_serve_is_asked_again_and_then_left(int status)
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started());
        side.Java.Register(Json("ORDERS", "i-1"));
        EurekaLink link = await side.DialAsync();
        await using var follower = new Poller(link);
        await follower.NextAsync();
        side.Java.Quirks = new JavaQuirks { AnswersOnce = status };
        Assert.Equal(UpdateKind.Progress, (await follower.NextAsync()).Kind);
        Assert.Equal(0, side.Java.Quirks.AnswersOnce);

        side.Java.Quirks = new JavaQuirks { AnswersAll = status };
        LinkException left = await Assert.ThrowsAsync<LinkException>(() => follower.NextAsync());
        Assert.Equal(LinkFailure.Unavailable, left.Failure);
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), left.Message, StringComparison.Ordinal);
        Assert.False(link.Closed.IsCompleted); // it answers: others may still be served
    }

    [Fact]
    public async Task A_connection_that_breaks_off_breaks_the_link()
    {
        await using var side = OtherSide.Of(JavaEurekaServer.Started());
        EurekaLink link = await side.DialAsync();
        await using var follower = new Poller(link);
        await follower.NextAsync();
        side.Java.Quirks = new JavaQuirks { BreaksOff = true };
        Assert.Equal(LinkFailure.Closed, (await Assert.ThrowsAsync<LinkException>(() => follower.NextAsync())).Failure);
        await link.Closed.WaitAsync(s_patience);
        side.Java.Quirks = new JavaQuirks();
        Assert.Equal(LinkFailure.Closed, (await Assert.ThrowsAsync<LinkException>(() => link.PingAsync().AsTask())).Failure);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task What_does_not_answer_as_Eureka_does_is_no_server(int status)
    {
        await using var java = JavaEurekaServer.Started(new JavaQuirks { AnswersAll = status });
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => EurekaLink.ConnectAsync(java.Address));
        Assert.Equal(LinkFailure.Unreachable, refused.Failure);
        java.Quirks = new JavaQuirks { AnswersAll = 401 };
        refused = await Assert.ThrowsAsync<LinkException>(() => EurekaLink.ConnectAsync(java.Address));
        Assert.Equal(LinkFailure.NotAuthenticated, refused.Failure);
    }

    private static string Json(string app, string id) => JavaBodies.Instance(app, id).ToJsonString();

    /// <summary>One watch and its mirror.</summary>
    private sealed class Poller : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new(s_patience);
        private readonly IAsyncEnumerator<RegistryUpdate> _updates;
        private readonly RegistryMirror _mirror = new();

        public Poller(EurekaLink link) => _updates = link.WatchAsync(InstanceFilter.All, RegistryVersion.None, _over.Token).GetAsyncEnumerator();

        public List<RegistryUpdate> Updates { get; } = [];

        public string Seen => string.Join(", ", _mirror.Instances.Select(instance => $"{instance} {instance.Status}").Order(StringComparer.Ordinal));

        public async Task<RegistryUpdate> NextAsync()
        {
            if (!await _updates.MoveNextAsync())
            {
                throw new InvalidOperationException("The watch ended, which it may not.");
            }

            _mirror.Apply(_updates.Current);
            Updates.Add(_updates.Current);
            return _updates.Current;
        }

        public async Task Until(string expected)
        {
            try
            {
                do
                {
                    await NextAsync();
                } while (Seen != expected);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited {s_patience.TotalSeconds} s in vain for '{expected}'; seen '{Seen}'.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _updates.DisposeAsync();
            _over.Dispose();
        }
    }
}
