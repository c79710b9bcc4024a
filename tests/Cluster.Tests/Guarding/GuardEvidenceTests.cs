using Rollcall.Core.Leases;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;

namespace Rollcall.Cluster.Tests.Guarding;

/// <summary>The guard against mass expiry asks the peers: what they still see renewed is not silent here, and who lost everyone is itself the suspect.</summary>
public sealed class GuardEvidenceTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(12);

    [Fact]
    public void Leases_that_a_peer_still_sees_renewed_neither_end_nor_fall_silent_here()
    {
        SimCluster cluster = Chain(out SimNode first, out SimNode last);
        Register(cluster, 20, last);
        cluster.World.Run(TimeSpan.FromSeconds(5));

        // None of their owners reaches this node any more; they renew at the other end of the chain.
        foreach (SimOwner owner in cluster.Owners)
        {
            owner.Move(first);
        }

        for (int second = 0; second < 60; second++)
        {
            cluster.World.Run(TimeSpan.FromSeconds(1));
            GuardState guard = last.Registry!.Guard;
            Assert.Equal((GuardReason.Calm, 0), (guard.Reason, guard.Silent));
            Assert.Equal(20, last.Instances.Count());
        }
    }

    [Fact]
    public void Without_the_peers_word_they_do()
    {
        SimCluster cluster = Chain(out SimNode first, out SimNode last, PlantedFaults.RenewSetsNotForwarded);
        Register(cluster, 20, first);
        cluster.World.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(20, last.Instances.Count());
        var failure = Assert.Throws<SimFailureException>(() => cluster.World.Run(TimeSpan.FromMinutes(1)));
        Assert.Contains("which it hears", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(GuardReason.Calm, last.Registry!.Guard.Reason);
    }

    [Fact]
    public void A_node_that_lost_every_owner_and_every_peer_takes_itself_for_the_suspect_and_ends_nothing_until_they_return()
    {
        SimCluster cluster = CutOff(out SimNode first, out SimNode last);
        for (int second = 0; second < 10; second++)
        {
            cluster.World.Run(TimeSpan.FromSeconds(1));
            Assert.Equal(5, last.Instances.Count());
        }

        GuardState guard = last.Registry!.Guard;
        Assert.True(guard.Engaged);
        Assert.Equal(GuardReason.CutOff, guard.Reason);
        Assert.Contains("no peer can be reached", guard.Summary, StringComparison.Ordinal);

        // And healed in time, it has lost nothing, and nobody else by its word.
        Heal(cluster);
        for (int second = 0; second < 30; second++)
        {
            cluster.World.Run(TimeSpan.FromSeconds(1));
            Assert.Equal((5, 5), (first.Instances.Count(), last.Instances.Count()));
        }

        Assert.Equal(GuardReason.RenewalsReturned, last.Registry!.Guard.Reason);
    }

    [Fact]
    public void A_node_whose_peers_were_taken_from_it_misses_none_and_its_leases_end_when_they_are_over()
    {
        SimCluster cluster = CutOff(out _, out SimNode last);
        SimNode middle = cluster.Nodes[1];
        SpinUntilAlone(cluster, last);
        last.Do(() => last.Cluster!.Forget(middle.Id));
        cluster.World.Run(s_lease + TimeSpan.FromSeconds(4));
        Assert.Empty(last.Instances);
        Assert.Equal(GuardReason.Calm, last.Registry!.Guard.Reason);
    }

    [Fact]
    public void It_holds_no_longer_than_its_longest_hold_and_its_ends_are_taken_for_wrong_by_who_sees_the_renewals()
    {
        SimCluster cluster = CutOff(out SimNode first, out SimNode last);
        cluster.World.Run(TimeSpan.FromSeconds(40));
        Assert.Equal(GuardReason.HeldLongEnough, last.Registry!.Guard.Reason);
        Assert.Empty(last.Instances);
        Assert.Equal(5, first.Instances.Count());

        Heal(cluster);
        for (int second = 0; second < 30; second++)
        {
            cluster.World.Run(TimeSpan.FromSeconds(1));
            Assert.Equal(5, first.Instances.Count());
        }

        Assert.Equal(5, last.Instances.Count());
        Assert.Null(cluster.Checks.Difference());
    }

    // Too few for the guard by numbers: it is the loss of the peers that tells.
    private static SimCluster CutOff(out SimNode first, out SimNode last)
    {
        SimCluster cluster = Chain(out first, out last);
        Register(cluster, 5, last);
        cluster.World.Run(TimeSpan.FromSeconds(5));
        foreach (SimLink link in last.Links)
        {
            link.Cut(there: true, back: true);
        }

        foreach (SimOwner owner in cluster.Owners)
        {
            owner.Move(first);
        }

        return cluster;
    }

    // As soon as it knows that they are gone, which is before a lease ends.
    private static void SpinUntilAlone(SimCluster cluster, SimNode node)
    {
        for (int step = 0; step < 100 && node.Cluster!.Peers(node.Time).Count > 0; step++)
        {
            cluster.World.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.Empty(node.Cluster!.Peers(node.Time));
        Assert.Equal(5, node.Instances.Count());
    }

    private static SimCluster Chain(out SimNode first, out SimNode last, PlantedFaults faults = PlantedFaults.None)
    {
        var cluster = new SimCluster(seed: 1, faults, guard: true);
        first = cluster.AddNode();
        SimNode middle = cluster.AddNode();
        last = cluster.AddNode();
        cluster.Join(first, middle);
        cluster.Join(middle, last);
        cluster.World.Run(TimeSpan.FromSeconds(1));
        return cluster;
    }

    private static void Register(SimCluster cluster, int count, SimNode at)
    {
        for (int i = 0; i < count; i++)
        {
            cluster.AddOwner(at, s_lease, byHandle: i % 2 == 0);
        }
    }

    private static void Heal(SimCluster cluster)
    {
        foreach (SimLink link in cluster.Links)
        {
            link.Heal();
        }
    }
}
