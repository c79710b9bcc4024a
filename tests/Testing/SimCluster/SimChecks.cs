using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>What must hold: at every event, and when all is healed. Each throws <see cref="SimFailureException"/> with what it saw.</summary>
public sealed class SimChecks(SimCluster cluster)
{
    /// <summary>Most messages that may wait for a link: answers, and sets of renewals.</summary>
    public const int WaitingMax = PeerSession.AnswersMax + PeerSession.RenewSetsMax;

    // A tick, the look that finds it silent, the pace of the simulated host and the way of the news.
    private static readonly TimeSpan s_lateness = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan s_hearsWithin = TimeSpan.FromSeconds(3);

    // Runs last less than three minutes, and clocks are a few seconds off, or an hour.
    private static readonly TimeSpan s_hoursOff = TimeSpan.FromMinutes(20);

    private int _sampled;

    /// <summary>Keys and the override that must be in force, set when all was healed.</summary>
    public Dictionary<(string Service, string Id), InstanceStatus?> Overrides { get; } = [];

    /// <summary>Queues are bounded; no read is served before the node knows what a peer knew.</summary>
    public void AfterEvent(SimNode node)
    {
        CheckWarmUp(node);
        if (_sampled++ % 16 != 0)
        {
            return;
        }

        foreach (PeerView peer in node.Cluster!.Peers(node.Time))
        {
            if (peer.Waiting > WaitingMax || peer.BatchesUnderWay > cluster.ClusterOptions.BatchesInFlightMax)
            {
                throw new SimFailureException($"node {node.Id}, link {peer.Link}: {peer.Waiting} messages wait, {peer.BatchesUnderWay} batches are under way");
            }
        }
    }

    /// <summary>Null if all nodes hold the same, and what owners and operators said last; else the first difference.</summary>
    public string? Difference()
    {
        SimNode[] nodes = [.. cluster.Nodes.Where(node => node.IsUp)];
        string[] portraits = [.. nodes.Select(PortraitOf)];
        for (int i = 0; i < nodes.Length; i++)
        {
            if (Truth(nodes[i]) is { } wrong)
            {
                return $"node {nodes[i].Id}: {wrong}";
            }

            DigestReading digest = nodes[i].Registry!.Replica!.ReadDigest();
            ulong naive = nodes[i].Instances.Aggregate(0UL, (root, record) => root ^ nodes[i].Registry!.Replica!.Hash.Of(record, out _));
            if (digest.Root != naive)
            {
                return $"node {nodes[i].Id}: its digest is {digest.Root:x}, that of what it holds {naive:x}";
            }

            if (portraits[i] != portraits[0])
            {
                return $"nodes {nodes[0].Id} and {nodes[i].Id} differ:\n{portraits[0]}\n{portraits[i]}";
            }
        }

        return null;
    }

    /// <summary>
    /// Null if every node shows all whose owners live, and none whose owners have gone, but for as long as their last lease lasts, or the
    /// guard says why; else the first that is wrong. To be asked when all is healed.
    /// </summary>
    public string? Astray() =>
        cluster
            .Nodes.Where(node => node.IsUp)
            .SelectMany(node => cluster.Owners.Where(owner => IsAstray(node, owner)).Select(owner => Astray(node, owner)))
            .FirstOrDefault();

    /// <summary>
    /// True if the home is, as this node knows it, not where the owner renews, and no dates tell which of the two claims is the later,
    /// because a clock was off by hours. The older home, at which nobody renews, ends the lease then, if that comes before the renewal
    /// by which the owner's node answers the claim; the owner is told at that renewal, and registers again.
    /// </summary>
    public bool MayEndUndated(SimNode node, SimOwner owner) =>
        HomeAt(node, owner).Node != owner.Renewed.Node?.Id && IsUndated(node, owner);

    /// <summary>No lease ends that is renewed at a node from which this one has been hearing all along.</summary>
    public void AfterChange(SimNode node, in Change change)
    {
        if (change.Source != WriteSource.Registry || change.Cause is not (ChangeCause.Expired or ChangeCause.ExpiredAfterGuard))
        {
            return;
        }

        SimOwner? owner = cluster.OwnerOf(change.Record);
        if (owner is null || !owner.Alive || owner.Renewed.Node is not { } home || cluster.World.Now - owner.Renewed.When > owner.Lease)
        {
            return;
        }

        // An owner that has just come there, after a silence, may be late. That it is there is known sooner: by a set of renewals, and
        // the question which leases it means.
        TimeSpan since = cluster.World.Now - owner.Lease - s_hearsWithin;
        if (!IsUndated(node, owner) && owner.Renewed.ThereSince <= cluster.World.Now - s_hearsWithin && Hears(node, home, since))
        {
            throw new SimFailureException(
                $"node {node.Id} ended {change.Record}, renewed {(cluster.World.Now - owner.Renewed.When).TotalSeconds:0.00} s ago at node {home.Id}, which it hears"
            );
        }
    }

    /// <summary>No lease without renewals outlives its time but by the guard's word.</summary>
    public void AfterAdvance(SimNode node)
    {
        long late = (long)s_lateness.TotalMilliseconds;
        foreach (SimOwner owner in cluster.Owners)
        {
            if (owner.Alive || node.Registry!.Find(owner.Key) is null)
            {
                continue;
            }

            Explanation why = node.Registry.Explain(owner.Key, node.Time);
            if (why.LeaseEndsMs + late < node.Registry.WallMs(node.Time) && !why.HeldByGuard && !Guarded(node))
            {
                throw new SimFailureException($"node {node.Id}: its lease is over, and nobody renews it: {why.Summary}");
            }
        }
    }

    // One of the two claims, that known here and that of the owner's node, is dated by a clock that was hours off: as its date shows, or,
    // as a claim is dated just after the one that it knows of if the clock is behind, as the node has to admit that made it.
    private bool IsUndated(SimNode node, SimOwner owner) =>
        IsOff(HomeAt(node, owner)) || (owner.Renewed.Node is { IsUp: true } home && IsOff(HomeAt(home, owner)));

    private bool IsOff(Home home) =>
        home != default
        && (
            Math.Abs((long)(home.Clock >> 16) - SimClock.MsAt(cluster.World.Now)) > s_hoursOff.TotalMilliseconds
            || cluster.Nodes.Any(node => node.Id == home.Node && node.ClockWasHoursOff)
        );

    private static Home HomeAt(SimNode node, SimOwner owner) => node.Registry!.Replica!.StateOf(owner.Key, node.Time).Home;

    private static string Astray(SimNode node, SimOwner owner) =>
        $"node {node.Id}: {owner.Service}/{owner.Id} is {(owner.Alive ? "not " : "")}there, but its owner "
        + $"{(owner.Alive ? $"renews at node {owner.At?.Id}" : "has gone")}: {node.Registry!.Replica!.StateOf(owner.Key, node.Time)}";

    private bool IsAstray(SimNode node, SimOwner owner)
    {
        bool there = node.Registry!.Find(owner.Key) is not null;
        bool over = cluster.World.Now - owner.Renewed.When > owner.Lease + s_lateness && !cluster.Nodes.Any(Guarded);
        return owner.Alive ? !there && !MayEndUndated(node, owner) : there && over;
    }

    // Or was a moment ago: what it held goes within a second of its end.
    private static bool Guarded(SimNode node) =>
        node.Registry is { Guard: var guard } && (guard.Engaged || (guard.Reason != GuardReason.Calm && node.Time - guard.Since < 2 * s_lateness));

    // True if what the home says reached the node, over nodes and links that were well since then.
    private bool Hears(SimNode node, SimNode home, TimeSpan since)
    {
        var reached = new HashSet<SimNode>();
        var next = new Queue<SimNode>();
        next.Enqueue(home);
        while (next.TryDequeue(out SimNode? at))
        {
            bool well = at is { IsUp: true, IsPaused: false } && at.CalmSince <= since;
            if (!well || !reached.Add(at))
            {
                continue;
            }

            foreach (SimLink link in at.Links.Where(link => link.IsCalm && link.CalmSince <= since))
            {
                next.Enqueue(link.Other(at));
            }
        }

        return reached.Contains(node);
    }

    private string? Truth(SimNode node)
    {
        var present = node.Instances.ToDictionary(record => (record.Service.Text, record.Id));
        foreach (SimOwner owner in cluster.Owners)
        {
            bool there = present.Remove((owner.Service, owner.Id), out Instance? record);
            if (owner.Alive != there)
            {
                return Astray(node, owner);
            }

            if (there && record!.Port != 1_000 + owner.Word)
            {
                return $"{owner.Service}/{owner.Id} says {record.Port - 1_000}, its owner said {owner.Word} at node {owner.At?.Id}";
            }

            if (there && Overrides.TryGetValue((owner.Service, owner.Id), out InstanceStatus? status) && record!.Override?.Status != status)
            {
                return $"{owner.Service}/{owner.Id} has override {record.Override?.Status}, the operator said {status}";
            }
        }

        return present.Count == 0 ? null : $"{present.Count} instances that nobody registered";
    }

    private void CheckWarmUp(SimNode node)
    {
        if (node.OpenSeen || node.Cluster!.Warming is not null)
        {
            return;
        }

        node.OpenSeen = true;
        bool byLimit = cluster.World.Now - node.StartedAt >= cluster.ClusterOptions.WarmUpMax;
        if (!byLimit && !node.StartedAlone && !node.Links.Any(link => KnowsAll(node, link)))
        {
            throw new SimFailureException(
                $"node {node.Id} serves reads {(cluster.World.Now - node.StartedAt).TotalSeconds:0.00} s after its start and knows no peer's content"
            );
        }
    }

    // The peer may be gone by now: a node that stood still hears what was said before, and then that the link is down.
    private static bool KnowsAll(SimNode node, SimLink link) =>
        link.AtConnect(node)?.Registry == node.Registry
        && link.AtConnect(link.Other(node)) is { } peer
        && peer.Held.Instances().All(record => Knows(node, peer.Registry, record));

    private static bool Knows(SimNode node, RegistryService peer, Instance record) =>
        node.Registry!.Replica!.StateOf(InstanceKey.Of(record), node.Time).Content.Revision >= record.Revision
        || peer.Find(InstanceKey.Of(record))?.Revision != record.Revision; // changed since: the feed brings it

    private static string PortraitOf(SimNode node) =>
        string.Join(
            '\n',
            node.Instances.Select(record =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{record} {record.Port} {record.OwnStatus} {record.Status} {record.Override} {record.LastOverride?.Revision} {record.Revision} {record.ClientStamp} {record.RegisteredAtMs} {string.Join(',', record.Metadata.ToArray())}"
                )
            )
        );
}
