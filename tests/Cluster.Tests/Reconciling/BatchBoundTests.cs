using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>What goes to a peer in one message is bounded by bytes too: a record may be large, and a lane takes no message of any size.</summary>
public sealed class BatchBoundTests
{
    private const int Records = 40;
    private const int TextBytes = 20_000;

    private readonly HandNodes _nodes = new();

    [Fact]
    public void Changes_go_in_batches_that_end_where_their_bytes_do()
    {
        RegistryService registry = Large(1);
        var feed = new FeedSender(registry, registry.Options.Cluster!, link: 1);
        var sent = new List<KeyedState>();
        feed.Start(new RegistryVersion(registry.BootEpoch, 0));
        while (feed.Lag > 0)
        {
            FeedBatch batch = feed.Take(registry.Now)!;
            AssertBounded(batch.States);
            sent.AddRange(batch.States);
            feed.Acknowledge(batch.To, gap: false, registry.Now);
        }

        Assert.Equal(Records, sent.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void So_does_what_a_repair_fetches_and_gives(bool leaderHasThem)
    {
        RegistryService leader = leaderHasThem ? Large(1) : _nodes.New(1);
        RegistryService other = leaderHasThem ? _nodes.New(2) : Large(2);
        var messages = new List<PeerMessage>();
        HandRepair.Run(leader, other, messages.Add);

        Assert.Equal(HandNodes.ShownBy(leader), HandNodes.ShownBy(other));
        Assert.Equal(Records, StatesOf(messages).Sum(states => states.Count));
        Assert.All(StatesOf(messages), AssertBounded);
    }

    [Fact]
    public void What_is_known_better_there_is_told_in_bounds_and_the_rest_is_left_to_the_feed()
    {
        RegistryService giver = _nodes.New(1);
        RegistryService other = _nodes.New(2);
        for (int i = 0; i < Records; i++)
        {
            HandNodes.Register(giver, $"i-{i}");
            HandNodes.Give(giver, other, $"i-{i}");
        }

        // Meanwhile all became large there, or ended.
        var push = new ItemsPush(7, 0, [.. giver.ReadSnapshot().Instances().Select(record => giver.Replica!.KeyedStateOf(record, giver.Now))]);
        var answers = new RepairAnswers(other.Replica!, other.Options.Cluster!, link: 1);
        answers.Answer(new DigestOffer(7, 0, Records), busy: false, other.Now);
        _nodes.Pass(TimeSpan.FromSeconds(1), giver, other);
        Fill(other, from: 1);
        Assert.Null(other.Cancel(HandNodes.Key("i-0"), other.Now).Error);

        ItemsPushed answer = answers.Answer(push, other.Now)!;
        KeyedState end = Assert.Single(answer.Newer);
        Assert.Equal(("i-0", true), (System.Text.Encoding.UTF8.GetString(end.IdUtf8.Span), end.State.Content.Record is null));

        // A change each, that did not come from the giver.
        var feed = new FeedSender(other, other.Options.Cluster! with { BatchBytesMax = int.MaxValue }, link: 1);
        feed.Start(new RegistryVersion(other.BootEpoch, Records));
        Assert.Equal(Records, feed.Take(other.Now)!.States.Count);
    }

    // With so few bytes that a batch ends at the fourth, long before its count does.
    private static void AssertBounded(IReadOnlyList<KeyedState> states) => Assert.InRange(states.Sum(state => state.BytesMax), 1, 4 * (TextBytes + 1_000));

    private static IEnumerable<IReadOnlyList<KeyedState>> StatesOf(List<PeerMessage> messages) =>
        messages
            .Select(message => message is ItemsAnswer answer ? answer.States : message is ItemsPush push ? push.States : [])
            .Where(states => states.Count > 0);

    private RegistryService Large(uint node)
    {
        RegistryService registry = _nodes.New(node);
        Fill(registry, from: 0);
        return registry;
    }

    private static void Fill(RegistryService registry, int from)
    {
        for (int i = from; i < Records; i++)
        {
            Registration large = HandNodes.Spoken($"i-{i}") with { Metadata = [KeyValuePair.Create("text", new string('x', TextBytes))] };
            Assert.Null(registry.Register(large, registry.Now).Error);
        }
    }
}
