using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support.SimCluster;

namespace Rollcall.Cluster.Tests.Merging;

/// <summary>Which node an owner renews at: the others must know, or they take its word for a stranger's.</summary>
public sealed class HomeTests
{
    /// <summary>Seed 40907: the home that a clock an hour ahead had claimed outlived the lease, and no registration could take it over.</summary>
    [Fact]
    public void A_registration_claims_the_home_later_than_that_of_the_lease_that_ended()
    {
        RegistryService node = new HandNodes().New(2);
        ulong ahead = EndedAhead(node, "a");

        HandNodes.Register(node, "a");

        Home home = node.Replica!.StateOf(HandNodes.Key("a"), node.Now).Home;
        Assert.Equal(2u, home.Node);
        Assert.True(home.Clock > ahead, $"{home} is not later than {ahead}");
    }

    /// <summary>Seed 15159: of two leases that had one number in turn, others went on to take it for the former one's.</summary>
    [Fact]
    public void A_number_means_the_lease_that_has_it_now_however_far_ahead_the_former_one_was_dated()
    {
        RegistryService node = new HandNodes().New(2);
        EndedAhead(node, "a");
        for (int i = 0; i < 64; i++) // as many stripes as there may be, and more: none gives its memory back
        {
            HandNodes.Register(node, $"stays-{i}");
        }

        HandNodes.Register(node, "a");
        Home former = node.Replica!.StateOf(HandNodes.Key("a"), node.Now).Home;
        Assert.Null(node.Cancel(HandNodes.Key("a"), node.Now).Error);
        var numbers = new Dictionary<uint, Home>();
        for (int i = 0; !numbers.ContainsKey(former.Number); i++)
        {
            HandNodes.Register(node, $"b-{i}");
            Home home = node.Replica.StateOf(HandNodes.Key($"b-{i}"), node.Now).Home;
            numbers.Add(home.Number, home);
        }

        Assert.True(numbers[former.Number].Clock > former.Clock, $"{numbers[former.Number]} is not later than {former}");
    }

    // A clock an hour ahead had claimed the home, and the lease has ended.
    private static ulong EndedAhead(RegistryService node, string id)
    {
        ulong ahead = (ulong)(node.WallMs(node.Now) + 3_600_000) << 16;
        var ended = new Content(new Revision(1, ahead, 1), null, ChangeCause.Expired);
        var state = new KeyState(ended, null, new Home(1, 7, 34, ahead));
        node.Replica!.Apply([new KeyedState(new ServiceName("ORDERS"), Encoding.UTF8.GetBytes(id), state)], 1, node.Now);
        return ahead;
    }

    /// <summary>Seed 34172: the contradiction took a renewal's interval per node, and an owner that died meanwhile was kept for another lease.</summary>
    [Fact]
    public void A_claim_out_of_date_is_corrected_over_a_chain_by_one_renewal()
    {
        var cluster = new SimCluster(1);
        for (int i = 0; i < 5; i++)
        {
            SimNode added = cluster.AddNode();
            if (i > 0)
            {
                cluster.Join(cluster.Nodes[i - 1], added);
            }
        }

        (SimNode first, SimNode last) = (cluster.Nodes[0], cluster.Nodes[^1]);
        SimOwner owner = cluster.AddOwner(first, TimeSpan.FromSeconds(60), byHandle: false);
        cluster.World.Run(TimeSpan.FromSeconds(2));
        SimLink cut = cluster.Links[^1];
        cut.Cut(there: true, back: true);
        RenewNextAt(cluster, owner, last);
        RenewNextAt(cluster, owner, first); // it was its home all along, and claims nothing
        cut.Heal();
        cluster.World.Run(TimeSpan.FromSeconds(8)); // linked again
        Assert.Equal(last.Id, HomeAt(last, owner).Node);

        RenewNextAt(cluster, owner, first);

        Assert.All(cluster.Nodes.Select(node => HomeAt(node, owner)), home => Assert.Equal(first.Id, home.Node));
    }

    private static Home HomeAt(SimNode node, SimOwner owner) => node.Registry!.Replica!.StateOf(owner.Key, node.Time).Home;

    // And what follows of that: a set of renewals, the questions and their answers.
    private static void RenewNextAt(SimCluster cluster, SimOwner owner, SimNode node)
    {
        owner.Move(node);
        TimeSpan before = owner.Renewed.When;
        while (owner.Renewed.When == before)
        {
            cluster.World.Run(TimeSpan.FromMilliseconds(100));
        }

        cluster.World.Run(TimeSpan.FromSeconds(3));
    }
}
