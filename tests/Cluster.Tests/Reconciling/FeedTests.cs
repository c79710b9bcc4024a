using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>A node's changes on their way to one peer.</summary>
public sealed class FeedTests
{
    private readonly HandNodes _nodes = new();

    [Fact]
    public void A_peer_that_asked_twice_because_the_link_is_slow_has_its_acknowledgements_heard()
    {
        RegistryService registry = _nodes.New(1);
        ClusterOptions options = registry.Options.Cluster! with { BatchChangesMax = 2, BatchesInFlightMax = 2 };
        var feed = new FeedSender(registry, options, link: 1);
        var nothing = new RegistryVersion(registry.BootEpoch, 0);
        for (int i = 0; i < 8; i++)
        {
            HandNodes.Register(registry, $"i-{i}");
        }

        // The first question is answered in full; then comes the second, and the peer, whatever it is sent, acknowledges all it has.
        feed.Start(nothing);
        ulong applied = Deliver(feed, registry, 0);
        Assert.Equal(0UL, feed.Lag);
        feed.Start(nothing);
        Deliver(feed, registry, applied);
        Assert.Equal(0UL, feed.Lag);

        // And what is new goes on from there.
        HandNodes.Register(registry, "new");
        Assert.Equal(applied + 1, Deliver(feed, registry, applied));
    }

    /// <summary>A peer that comes back within the ring's reach was sent a hot key's latest state once per batch.</summary>
    [Fact]
    public void What_changed_often_goes_once_in_however_many_batches_the_backlog_goes()
    {
        RegistryService registry = _nodes.New(1);
        ClusterOptions options = registry.Options.Cluster! with { BatchChangesMax = 2, BatchesInFlightMax = 2 };
        var feed = new FeedSender(registry, options, link: 1);
        for (int i = 0; i < 60; i++)
        {
            HandNodes.Register(registry, $"i-{i % 6}", port: 100 + i);
        }

        var sent = new List<KeyedState>();
        feed.Start(new RegistryVersion(registry.BootEpoch, 0));
        ulong applied = Deliver(feed, registry, 0, sent);

        Assert.Equal(registry.ReadSnapshot().Version, applied);
        Assert.Equal(["i-0 154", "i-1 155", "i-2 156", "i-3 157", "i-4 158", "i-5 159"], sent.Select(Shown).Order());
    }

    [Fact]
    public void What_changes_again_while_the_backlog_goes_is_sent_again()
    {
        RegistryService registry = _nodes.New(1);
        ClusterOptions options = registry.Options.Cluster! with { BatchChangesMax = 2, BatchesInFlightMax = 1 };
        var feed = new FeedSender(registry, options, link: 1);
        for (int i = 0; i < 20; i++)
        {
            HandNodes.Register(registry, $"i-{i}");
        }

        var sent = new List<KeyedState>();
        feed.Start(new RegistryVersion(registry.BootEpoch, 0));
        for (int port = 101; feed.Take(registry.Now) is { } batch; port++)
        {
            sent.AddRange(batch.States);
            feed.Acknowledge(batch.To, gap: false, registry.Now);
            if (port <= 105)
            {
                HandNodes.Register(registry, "i-0", port);
            }
        }

        Assert.Equal(0UL, feed.Lag);
        Assert.Equal(20, sent.Select(state => Shown(state).Split(' ')[0]).Distinct().Count());
        Assert.Equal(["i-0 80", "i-0 105"], sent.Select(Shown).Where(line => line.StartsWith("i-0 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_was_lost_is_sent_again()
    {
        RegistryService registry = _nodes.New(1);
        ClusterOptions options = registry.Options.Cluster! with { BatchChangesMax = 2, BatchesInFlightMax = 1 };
        var feed = new FeedSender(registry, options, link: 1);
        for (int i = 0; i < 12; i++)
        {
            HandNodes.Register(registry, $"i-{i % 6}", port: 100 + i);
        }

        feed.Start(new RegistryVersion(registry.BootEpoch, 0));
        Assert.Equal(2, feed.Take(registry.Now)!.States.Count); // and is lost
        _nodes.Clock.Pass(options.ResendAfter);
        feed.Tick(registry.Now);
        var sent = new List<KeyedState>();
        Deliver(feed, registry, 0, sent);

        Assert.Equal(["i-0 106", "i-1 107", "i-2 108", "i-3 109", "i-4 110", "i-5 111"], sent.Select(Shown).Order());
    }

    private static string Shown(KeyedState state) => $"{state.State.Content.Record!.Id} {state.State.Content.Record.Port}";

    private static ulong Deliver(FeedSender feed, RegistryService registry, ulong applied, List<KeyedState>? sent = null)
    {
        for (int i = 0; i < 100 && (feed.Lag > 0 || feed.UnderWay > 0); i++)
        {
            while (feed.Take(registry.Now) is { } batch)
            {
                sent?.AddRange(batch.States);
                applied = batch.From <= applied ? Math.Max(applied, batch.To) : applied;
            }

            feed.Acknowledge(applied, gap: false, registry.Now);
        }

        return applied;
    }
}
