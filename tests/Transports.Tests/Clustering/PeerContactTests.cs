using System.Collections.Concurrent;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;
using Rollcall.Testing;
using Rollcall.Transports.Tests.Hosting;

namespace Rollcall.Transports.Tests.Clustering;

/// <summary>When a peer is dialled again, and what is worth a line: time is moved by hand.</summary>
public sealed class PeerContactTests
{
    private const int Unreachable = 42;

    [Fact]
    public void Attempts_follow_one_another_ever_more_slowly_up_to_five_seconds()
    {
        MonotonicTime now = MonotonicTime.Zero + TimeSpan.FromSeconds(10);
        var contact = new PeerContact("tcp://b:1", now, new Random(5));
        Assert.Equal(now, contact.DialAt);
        TimeSpan before = TimeSpan.Zero;
        for (int attempt = 0; attempt < 40; attempt++)
        {
            Assert.Equal(attempt == 0, contact.Failed("no answer", now));
            TimeSpan wait = contact.DialAt - now;
            double step = Math.Min(5_000, 100 * Math.Pow(2, attempt));
            Assert.InRange(wait.TotalMilliseconds, step / 2, step);
            Assert.True(attempt is 0 or > 6 || wait > before / 2);
            (before, now) = (wait, now + wait);
        }

        Assert.True(contact.Linked(2, now));
        Assert.True(contact.Failed("it went", now)); // the first again
        Assert.InRange((contact.DialAt - now).TotalMilliseconds, 50, 100);
        Assert.Equal(now, contact.View.SucceededAt);
    }

    [Fact]
    public void Another_reason_to_refuse_is_news_and_another_of_a_peer_that_does_not_answer_is_not()
    {
        MonotonicTime now = MonotonicTime.Zero;
        var contact = new PeerContact("tcp://b:1", now);
        Assert.True(contact.Refused("another cluster", 2, now));
        Assert.False(contact.Refused("another cluster", 2, now));
        Assert.True(contact.Refused("the same id", 2, now));
        Assert.True(contact.Failed("nothing listens there", now));
        Assert.False(contact.Failed("no answer in time", now));
        Assert.Equal("no answer in time", contact.View.Why);
        Assert.True(contact.IsSelf(1, now));
        Assert.False(contact.IsSelf(1, now));
    }

    [Fact]
    public async Task A_peer_that_is_away_is_dialled_at_its_times_and_said_once()
    {
        var time = new HandTime();
        var registry = new RegistryService(new RegistryOptions { NodeId = 1, Cluster = new ClusterOptions { ClusterId = "c" } }, time);
        var log = new LogRecorder();
        await using var host = new ClusterHost(new ClusterNode(registry, expectsPeers: true, registry.Now), time, log);
        var dialer = new Deaf(registry);
        host.Start([ConfiguredPeer.Node(dialer)]);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (int attempt = 0; attempt < 20; attempt++)
        {
            (MonotonicTime At, MonotonicTime? Due) made;
            while (!dialer.Attempts.TryDequeue(out made))
            {
                Assert.False(deadline.IsCancellationRequested, $"only {attempt} of 20 attempts were made");
                time.Pass(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }

            Assert.True(made.At >= (made.Due ?? made.At), $"attempt {attempt} came {made.Due - made.At} before its time");
        }

        await log.WaitForAsync(Unreachable);
        Assert.Equal(1, log.CountOf(Unreachable));
        Assert.Equal("nobody is at home", Assert.Single(host.Node.Contacts).View.Why);
    }

    private sealed class Deaf(RegistryService registry) : IPeerDialer
    {
        public ConcurrentQueue<(MonotonicTime At, MonotonicTime? Due)> Attempts { get; } = new();

        public string Address => "memory://deaf";

        public ValueTask<IPeerLane> DialAsync(CancellationToken cancellation)
        {
            Attempts.Enqueue((registry.Now, registry.Cluster!.Contacts is [var contact, ..] ? contact.DialAt : null));
            throw new LinkException(LinkFailure.Unreachable, "nobody is at home");
        }
    }
}
