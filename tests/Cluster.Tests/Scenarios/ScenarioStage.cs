using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;

namespace Rollcall.Cluster.Tests.Scenarios;

/// <summary>The words of the scenario files, and what each does to a simulated cluster. One seed: a story goes the same way each time.</summary>
internal sealed class ScenarioStage
{
    private readonly SimCluster _cluster = new(seed: 7) { KeepsFiles = true };
    private long _refusedBefore;

    /// <summary>Does what a line says; returns what is to be seen of it.</summary>
    public IEnumerable<string> Do(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? Option(string name) => words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        switch (words[0])
        {
            // nodes 3 mesh [cluster=NAME]: begins nodes and links them, as a mesh, a chain or not at all (alone).
            case "nodes":
                Begin(Number(words[1]), words[2], Option("cluster"));
                return [];

            // link 3 4: somebody lists the one at the other.
            case "link":
                _cluster.Join(Node(words[1]), Node(words[2]));
                return [];

            // register 20 at=1,2 [lease=6s]: owners register and go on renewing, in turn at these nodes.
            case "register":
                SimNode[] at = [.. Option("at")!.Split(',').Select(Node)];
                for (int i = 0; i < Number(words[1]); i++)
                {
                    _cluster.AddOwner(at[i % at.Length], DurationText.TryParse(Option("lease") ?? "6s", out TimeSpan lease) ? lease : default, byHandle: i % 2 == 0);
                }

                return [];
            case "run":
                _cluster.World.Run(Span(words[1]));
                return [];

            // cut 1,2 from 3,4: nothing gets across any more. heal: all links are as new.
            case "cut":
                foreach (SimLink link in Between(words[1], words[3]))
                {
                    link.Cut(there: true, back: true);
                }

                return [];
            case "heal":
                foreach (SimLink link in _cluster.Links)
                {
                    link.Heal();
                    link.Weather = new LinkWeather();
                }

                return [];

            // slow 1 to 3 delay=800ms: one message at a time, each that late.
            case "slow":
                double ms = Span(Option("delay")!).TotalMilliseconds;
                foreach (SimLink link in Between(words[1], words[3]))
                {
                    link.Weather = new LinkWeather { Capacity = 1, DelayMs = (ms, ms) };
                }

                return [];
            case "kill":
                foreach (SimNode node in Nodes(words[1]))
                {
                    node.Kill();
                }

                return [];

            // start 2 [with its file]
            case "start":
                foreach (SimNode node in Nodes(words[1]))
                {
                    node.Start(withFile: words.Length > 2);
                }

                return [];
            case "die":
                foreach (SimOwner owner in _cluster.Owners.Take(Number(words[1])))
                {
                    owner.Die();
                }

                return [];

            // say 3 at=2: the third owner goes there and says something new.
            case "say":
                Owner(words[1]).Move(Node(Option("at")!));
                Owner(words[1]).SayNew();
                return [];
            case "cancel":
                Owner(words[1]).Move(Node(Option("at")!));
                Owner(words[1]).Cancel();
                return [];
            case "override":
                SimNode operated = Node(Option("at")!);
                operated.Do(() => operated.Registry!.SetStatus(Owner(words[1]).Key, InstanceStatus.OutOfService, operated.Time));
                return [];

            // explain 3 at=2: what a node shows of the third owner's instance.
            case "explain":
                return [Explain(Owner(words[1]), Node(Option("at")!))];

            // agree within 10s: time passes until all nodes hold the same, and what owners said.
            case "agree":
                _cluster.Converge(Span(words[2]));
                return [$"{Count(_cluster.Nodes.Count(node => node.IsUp), "node")} hold the same {Count(_cluster.Nodes.First(node => node.IsUp).Instances.Count(), "instance")}"];
            case "look":
                return _cluster.Nodes.Select(Look);

            // links: what each node says of its peers.
            case "links":
                return _cluster.Nodes.Where(node => node.IsUp).Select(Links);
            case "waiting":
                return [Waiting()];
            case "owners":
                return [Owners()];
            default:
                throw new ArgumentException($"'{line}' is no command.");
        }
    }

    private void Begin(int count, string shape, string? clusterId)
    {
        var added = new List<SimNode>();
        for (int i = 0; i < count; i++)
        {
            SimNode node = _cluster.AddNode(clusterId);
            foreach (SimNode other in shape == "mesh" ? added : shape == "chain" ? added.TakeLast(1) : [])
            {
                _cluster.Join(other, node);
            }

            added.Add(node);
        }
    }

    private static string Explain(SimOwner owner, SimNode node)
    {
        Explanation why = node.Registry!.Explain(owner.Key, node.Time);
        return why.Instance is null ? $"node {node.Id}: not there"
            : $"node {node.Id}: there{(why.Provisional ? " provisionally" : "")}, {why.Instance.Status}, port {why.Instance.Port}";
    }

    private static string Look(SimNode node) =>
        !node.IsUp
            ? $"node {node.Id} is down"
            : $"node {node.Id}: {Count(node.Instances.Count(), "instance")}"
                + (node.Instances.Count(node.Registry!.IsProvisional) is var provisional and > 0 ? $", {provisional} of them provisional" : "")
                + $", reads {(node.Cluster!.Warming is null ? "served" : "refused: it is warming up")}";

    private static string Links(SimNode node) =>
        $"node {node.Id}: "
        + string.Join(
            ", ",
            node.Cluster!.Peers(node.Time)
                .Where(peer => peer.Node is not null || peer.Closing is not null)
                .OrderBy(peer => peer.Node)
                .Select(peer => peer.Closing is null ? $"linked to {peer.Node}" : $"closing: {peer.Closing}")
                .DefaultIfEmpty("no link")
        );

    // What a peer that takes nothing costs the others: a window of batches and a few messages, however long it lasts.
    private string Waiting() =>
        _cluster.Nodes.SelectMany(node => node.Cluster!.Peers(node.Time)).All(peer => peer.BatchesUnderWay <= _cluster.ClusterOptions.BatchesInFlightMax && peer.Waiting <= SimChecks.WaitingMax)
            ? "every queue is within its window"
            : "a queue has grown";

    private string Owners()
    {
        long refused = _cluster.Owners.Sum(owner => owner.Refused);
        (long since, _refusedBefore) = (refused - _refusedBefore, refused);
        return $"{Count(_cluster.Owners.Count(owner => owner.Alive), "owner")}, {since} times found nobody";
    }

    private IEnumerable<SimLink> Between(string some, string others)
    {
        HashSet<SimNode> side = [.. Nodes(some)];
        HashSet<SimNode> other = [.. Nodes(others)];
        return _cluster.Links.Where(link => side.Any(link.Has) && other.Any(link.Has));
    }

    private IEnumerable<SimNode> Nodes(string ids) => ids.Split(',').Select(Node);

    private SimNode Node(string id) => _cluster.Nodes[Number(id) - 1];

    private SimOwner Owner(string number) => _cluster.Owners[Number(number) - 1];

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan Span(string text) => DurationText.TryParse(text, out TimeSpan span) ? span : throw new ArgumentException($"'{text}' is no duration.");
}
