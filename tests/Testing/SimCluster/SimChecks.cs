using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>What must hold: at every event, and when all is healed. Each throws <see cref="SimFailureException"/> with what it saw.</summary>
public sealed class SimChecks(SimCluster cluster)
{
    private const int WaitingMax = 256 + PeerSession.RenewSetsMax;

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

    /// <summary>Null if every node shows all whose owners live, and none whose owners have gone; else the first that is wrong.</summary>
    public string? Astray() =>
        cluster
            .Nodes.Where(node => node.IsUp)
            .SelectMany(node => cluster.Owners.Where(owner => owner.Alive != (node.Registry!.Find(owner.Key) is not null)).Select(owner => Astray(node, owner)))
            .FirstOrDefault();

    private static string Astray(SimNode node, SimOwner owner) =>
        $"node {node.Id}: {owner.Service}/{owner.Id} is {(owner.Alive ? "not " : "")}there, but its owner "
        + $"{(owner.Alive ? $"renews at node {owner.At?.Id}" : "has gone")}: {node.Registry!.Replica!.StateOf(owner.Key, node.Time)}";

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
