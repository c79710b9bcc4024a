using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using static Rollcall.Cluster.Tests.HandNodes;

namespace Rollcall.Cluster.Tests.Merging;

/// <summary>A node that sees renewals answers an expiry with the record; what it may beat by that, and what not.</summary>
public sealed class ReissueTests
{
    private readonly HandNodes _nodes = new();

    [Fact]
    public void An_end_by_a_node_that_did_not_see_the_renewals_is_answered_and_the_record_goes_on_everywhere()
    {
        (RegistryService home, RegistryService other) = HomeAndWhoEndsIt();
        Give(other, home, "i-1");
        Give(home, other, "i-1");
        Assert.NotNull(other.Find(Key("i-1")));
        Assert.Equal(ShownBy(home), ShownBy(other));
    }

    /// <summary>Seeds 563 and 4396.</summary>
    [Fact]
    public void It_does_not_beat_a_registration_elsewhere_that_is_later_than_the_renewal_it_rests_on()
    {
        (RegistryService home, RegistryService other) = HomeAndWhoEndsIt();

        // The owner goes to the other node, which had ended the lease, and says something new; then the end reaches the former home.
        RegistryService late = _nodes.New(4);
        Give(other, late, "i-1");
        _nodes.Pass(TimeSpan.FromSeconds(2), home, other, late);
        Register(other, "i-1", port: 81);
        Give(late, home, "i-1");
        Assert.Equal(80, home.Find(Key("i-1"))!.Port);
        Give(home, other, "i-1");
        Give(other, home, "i-1");

        Assert.Equal(81, home.Find(Key("i-1"))!.Port);
        Assert.Equal(ShownBy(home), ShownBy(other));
        Assert.Equal(other.NodeId, home.Replica!.StateOf(Key("i-1"), home.Now).Home.Node);
    }

    /// <summary>Seed 13322: nodes that answer one end together renewed the lease of an owner that had just died.</summary>
    [Fact]
    public void What_other_nodes_change_or_reissue_does_not_renew_the_lease()
    {
        (RegistryService home, RegistryService other) = HomeAndWhoEndsIt();
        RegistryService third = _nodes.New(5);
        Give(home, third, "i-1");
        _nodes.Pass(Lease / 2, home, other, third);
        Give(other, third, "i-1"); // it has heard the home within the lease, and answers too
        Give(third, home, "i-1");
        Assert.Equal(third.NodeId, home.Find(Key("i-1"))!.Revision.Node);
        Assert.Null(third.SetMetadata(Key("i-1"), [new("by", "an operator")], third.Now).Error);
        Give(third, home, "i-1");
        Assert.Equal(1, home.Find(Key("i-1"))!.Metadata.Count);

        _nodes.Pass((Lease / 2) + TimeSpan.FromSeconds(1), home, other, third);
        Assert.Null(home.Find(Key("i-1")));
    }

    // Another node heard nothing of the home for two leases and took the lease over, while the owner went on renewing at the home.
    /// <summary>Seed 7172: two contents bore one revision, digests were equal, and no repair ever saw the difference.</summary>
    [Fact]
    public void Of_two_records_that_bear_one_revision_the_later_is_said_anew_by_whoever_sees_both()
    {
        (RegistryService other, RegistryService first) = (_nodes.New(1), _nodes.New(3));
        ulong ahead = (ulong)(first.WallMs(first.Now) + 60_000) << 16;
        RegisterAfter(ahead, first, port: 80);
        _nodes.Pass(TimeSpan.FromSeconds(2), other);
        RegistryService second = _nodes.New(3); // without its file
        RegisterAfter(ahead, second, port: 81);
        Give(first, other, "i-1");
        Assert.Equal(first.Find(Key("i-1"))!.Revision, second.Find(Key("i-1"))!.Revision);
        Assert.NotEqual(other.Replica!.ReadDigest().Root, second.Replica!.ReadDigest().Root);

        Give(second, other, "i-1");
        Give(other, second, "i-1");

        Assert.Equal(81, other.Find(Key("i-1"))!.Port);
        Assert.Equal(ShownBy(second), ShownBy(other));
        Assert.Equal(other.Replica.ReadDigest().Root, second.Replica.ReadDigest().Root);
    }

    /// <summary>The same of an operator's word.</summary>
    [Fact]
    public void Of_two_overrides_that_bear_one_revision_all_take_the_same()
    {
        (RegistryService a, RegistryService b) = (_nodes.New(1), _nodes.New(2));
        Register(a, "i-1");
        Give(a, b, "i-1");
        var revision = new Revision(1, (ulong)a.WallMs(a.Now) << 16, 3);
        Overrule(a, new StatusOverride(InstanceStatus.Down, revision, 0));
        Overrule(b, new StatusOverride(InstanceStatus.OutOfService, revision, 0));
        Assert.NotEqual(a.Replica!.ReadDigest().Root, b.Replica!.ReadDigest().Root);

        Give(a, b, "i-1");
        Give(b, a, "i-1");

        Assert.Equal(ShownBy(a), ShownBy(b));
        Assert.Equal(a.Replica.ReadDigest().Root, b.Replica.ReadDigest().Root);
    }

    private static void Overrule(RegistryService registry, StatusOverride said) =>
        Apply(registry, registry.Replica!.StateOf(Key("i-1"), registry.Now) with { Override = said });

    // A clock that is ahead is heard of, and followed.
    private static void RegisterAfter(ulong clock, RegistryService registry, int port)
    {
        Apply(registry, new KeyState(default, null, new Home(9, 1, 0, clock)));
        Register(registry, "i-1", port);
    }

    private static void Apply(RegistryService registry, KeyState state) =>
        registry.Replica!.Apply([new KeyedState(new ServiceName("ORDERS"), Encoding.UTF8.GetBytes("i-1"), state)], 1, registry.Now);

    private (RegistryService Home, RegistryService Other) HomeAndWhoEndsIt()
    {
        RegistryService home = _nodes.New(1);
        RegistryService other = _nodes.New(3);
        Register(home, "i-1");
        Give(home, other, "i-1");
        for (int i = 0; i < 7; i++)
        {
            _nodes.Pass(Lease / 3, home, other);
            Assert.Equal(RenewOutcome.Same, home.Renew(Key("i-1"), null, home.Now).Outcome);
        }

        Assert.Null(other.Find(Key("i-1")));
        return (home, other);
    }
}
