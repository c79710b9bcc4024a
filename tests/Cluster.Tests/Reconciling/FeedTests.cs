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

    private static ulong Deliver(FeedSender feed, RegistryService registry, ulong applied)
    {
        for (int i = 0; i < 100 && (feed.Lag > 0 || feed.UnderWay > 0); i++)
        {
            while (feed.Take(registry.Now) is { } batch)
            {
                applied = batch.From <= applied ? Math.Max(applied, batch.To) : applied;
            }

            feed.Acknowledge(applied, gap: false, registry.Now);
        }

        return applied;
    }
}
