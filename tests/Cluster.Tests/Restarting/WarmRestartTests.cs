using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using static Rollcall.Cluster.Tests.HandNodes;

namespace Rollcall.Cluster.Tests.Restarting;

/// <summary>What a later run of a node makes of what a former one wrote: provisional, for a full lease, and never against a peer.</summary>
public sealed class WarmRestartTests
{
    private readonly HandNodes _nodes = new();

    [Theory]
    [InlineData("hand")]
    [InlineData("")]
    public void All_is_back_with_its_revisions_and_overrides_and_what_ended_is_not(string cluster)
    {
        RegistryService before = _nodes.New(1, cluster);
        Register(before, "i-1");
        Register(before, "i-2");
        Register(before, "i-3");
        Register(before, "i-4");
        before.SetStatus(Key("i-1"), InstanceStatus.OutOfService, before.Now);
        before.SetStatus(Key("i-2"), InstanceStatus.Down, before.Now);
        before.ClearStatus(Key("i-2"), before.Now);
        before.Cancel(Key("i-3"), before.Now);
        RegistryImage image = Written(before);

        RegistryService after = _nodes.New(1, cluster);
        RestoreResult result = after.Restore(image, after.Now);
        Assert.Equal(new RestoreResult(null, Restored: 3), result);
        Assert.Equal(ShownBy(before), ShownBy(after));
        Assert.Equal(before.Replica?.ReadDigest().Root, after.Replica?.ReadDigest().Root);
        Assert.Null(after.Find(Key("i-3")));
        Assert.Equal(cluster.Length > 0, after.Replica?.StateOf(Key("i-3"), after.Now).Content.End == ChangeCause.Cancelled);
    }

    [Theory]
    [InlineData("hand")]
    [InlineData("")]
    public void It_is_provisional_until_somebody_renews_it_and_has_a_full_lease_for_that(string cluster)
    {
        RegistryService before = _nodes.New(1, cluster);
        Register(before, "kept");
        Register(before, "gone");
        RegistryImage image = Written(before);
        _nodes.Pass(TimeSpan.FromMinutes(10), before);

        RegistryService after = _nodes.New(1, cluster);
        after.Restore(image, after.Now);
        _nodes.Pass(Lease - TimeSpan.FromSeconds(1), after);
        Explanation why = after.Explain(Key("kept"), after.Now);
        Assert.True(why.Provisional);
        Assert.Contains("provisionally taken from this node's file 29.0 s ago, not renewed since", why.Summary, StringComparison.Ordinal);
        Assert.Equal((ChangeCause.Restored, WriteSource.Registry), (why.Events[0].Cause, why.Events[0].Source));

        Assert.Equal(RenewOutcome.Same, after.Renew(Key("kept"), null, after.Now).Outcome);
        Assert.False(after.Explain(Key("kept"), after.Now).Provisional);
        _nodes.Pass(TimeSpan.FromSeconds(2), after);
        Assert.NotNull(after.Find(Key("kept")));
        Assert.Null(after.Find(Key("gone")));
    }

    [Fact]
    public void A_lease_whose_home_is_another_node_is_left_to_that_node_for_as_long_as_any_node_leaves_it()
    {
        (_, RegistryService after) = RestoredWithAnInstanceOfAnother();
        _nodes.Pass(Lease + TimeSpan.FromSeconds(5), after);
        Assert.NotNull(after.Find(Key("i-1")));
        _nodes.Pass(Lease, after);
        Assert.Null(after.Find(Key("i-1")));
    }

    [Fact]
    public void Renewals_told_by_a_home_that_has_gone_on_meanwhile_confirm_it()
    {
        (RegistryService other, RegistryService after) = RestoredWithAnInstanceOfAnother();
        Instance restored = after.Find(Key("i-1"))!;
        Assert.True(after.IsProvisional(restored));

        var book = new RenewalBook(other, other.Options.Cluster!);
        _nodes.Pass(TimeSpan.FromSeconds(1), other, after);
        other.Renew(Key("i-1"), null, other.Now);
        Assert.True(new RenewalBook(after, after.Options.Cluster!).TryApply(book.Take(other.Now)!, after.Now, out List<uint> unknown));
        Assert.Empty(unknown);
        Assert.False(after.IsProvisional(restored));
    }

    [Fact]
    public void What_a_peer_knows_better_wins_a_registration_a_cancellation_and_an_expiry()
    {
        RegistryService peer = _nodes.New(2);
        RegistryService before = _nodes.New(1);
        foreach (string id in (string[])["again", "cancelled", "expired", "older"])
        {
            Register(before, id);
            Give(before, peer, id);
        }

        RegistryImage image = Written(before);
        _nodes.Pass(TimeSpan.FromSeconds(40), peer); // the owner of one has gone: the peer is no home, and gives it two leases
        Register(peer, "again", port: 9_999);
        peer.Cancel(Key("cancelled"), peer.Now);
        peer.Renew(Key("older"), null, peer.Now);
        _nodes.Pass(TimeSpan.FromSeconds(25), peer);

        RegistryService after = _nodes.New(1);
        after.Restore(image, after.Now);
        foreach (string id in (string[])["again", "cancelled", "expired", "older"])
        {
            Give(peer, after, id);
        }

        Assert.Equal(["again", "older"], ShownBy(after).Select(line => line.Split(' ')[0]));
        Assert.Equal(ShownBy(peer), ShownBy(after));
        Assert.Equal(9_999, after.Find(Key("again"))!.Port);

        // And the peer learns nothing from the provisional ones: neither a record nor a home.
        Home home = peer.Replica!.StateOf(Key("older"), peer.Now).Home;
        List<KeyedState> newer = [];
        RegistryService late = _nodes.New(1);
        late.Restore(image, late.Now);
        int applied = peer.Replica.Apply([.. late.ReadImage(late.Now).States], 1, peer.Now, newer);
        Assert.Equal((0, 3), (applied, newer.Count));
        Assert.Equal(home, peer.Replica.StateOf(Key("older"), peer.Now).Home);
    }

    [Fact]
    public void What_the_node_says_after_the_start_is_newer_than_what_it_said_before_though_its_clock_went_back()
    {
        RegistryService before = _nodes.New(1);
        Register(before, "i-1");
        Revision said = before.Find(Key("i-1"))!.Revision;
        RegistryImage image = Written(before);
        _nodes.Clock.JumpWall(-TimeSpan.FromMinutes(3));

        RegistryService after = _nodes.New(1);
        after.Restore(image, after.Now);
        after.SetStatus(Key("i-1"), InstanceStatus.Down, after.Now);
        Assert.True(after.Find(Key("i-1"))!.Override!.Revision > said);
    }

    [Theory]
    [InlineData("other", 1u, 0, "it is of cluster 'other', and this is cluster 'hand'")]
    [InlineData("", 1u, 0, "it is of a registry that stands alone, and this is cluster 'hand'")]
    [InlineData("hand", 2u, 0, "it is of node 2, and this is node 1")]
    [InlineData("hand", 1u, 61, " old, the limit is 1h")]
    public void An_image_that_is_not_this_nodes_or_too_old_is_refused_and_changes_nothing(string cluster, uint node, int minutes, string why)
    {
        RegistryService before = _nodes.New(node, cluster);
        Register(before, "i-1");
        RegistryImage image = Written(before);
        _nodes.Pass(TimeSpan.FromMinutes(minutes), before);

        RegistryService after = _nodes.New(1);
        RestoreResult result = after.Restore(image, after.Now);
        Assert.Equal(RegistryErrorCode.InvalidValue, result.Error?.Code);
        Assert.Contains(why, result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0UL), (result.Restored, after.ReadSnapshot().Version));
    }

    [Fact]
    public void A_registry_that_has_begun_takes_nothing_back()
    {
        RegistryService before = _nodes.New(1);
        Register(before, "i-1");
        RegistryService after = _nodes.New(1);
        Register(after, "i-2");
        Assert.Throws<InvalidOperationException>(() => after.Restore(Written(before), after.Now));
    }

    /// <summary>A second run of node 1, which has an instance from its file whose home is the other node.</summary>
    private (RegistryService Other, RegistryService After) RestoredWithAnInstanceOfAnother()
    {
        RegistryService other = _nodes.New(2);
        RegistryService before = _nodes.New(1);
        Register(other, "i-1");
        Give(other, before, "i-1");
        RegistryService after = _nodes.New(1);
        after.Restore(Written(before), after.Now);
        return (other, after);
    }

    private static RegistryImage Written(RegistryService registry)
    {
        RegistryImage image = registry.ReadImage(registry.Now);
        return image with { States = [.. image.States] };
    }
}
