using Rollcall.Core;
using Rollcall.Core.Model;
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
