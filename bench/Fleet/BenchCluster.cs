using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;

namespace Rollcall.Bench.Fleet;

/// <summary>
/// Nodes of a cluster in one process and one thread: what ships but the sockets. Each message is encoded, counted and decoded, and
/// travels in simulated time. Links, clocks and faults by chance are <see cref="SimCluster"/>'s; here there are only bytes and time.
/// </summary>
internal sealed class BenchCluster
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_convergeLimit = TimeSpan.FromMinutes(30);

    private readonly List<BenchNode> _nodes = [];
    private readonly bool _takesTime;
    private readonly SimClock _clock;

    /// <summary>A cluster without nodes.</summary>
    /// <param name="takesTime">
    /// True: a node is busy for as long as its step took a processor here, so that time is nearly that of real nodes, and no two runs are
    /// quite alike. False: nodes take no time, and a run repeats.
    /// </param>
    public BenchCluster(bool takesTime = false) => (_takesTime, _clock) = (takesTime, new SimClock(World));

    public SimWorld World { get; } = new(FleetRegistry.Seed);

    public IReadOnlyList<BenchNode> Nodes => _nodes;

    /// <summary>What went over all links.</summary>
    public BenchTraffic Sent => _nodes.Aggregate(default(BenchTraffic), (sum, node) => sum + node.Sent);

    /// <summary>Processor time of all nodes.</summary>
    public TimeSpan Cpu => _nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.Cpu);

    /// <summary>A node that holds <paramref name="count"/> instances.</summary>
    /// <param name="count">How many owners have registered there.</param>
    /// <param name="ringCapacity">Changes kept: a peer that is further behind needs a repair.</param>
    /// <param name="id">Of two nodes the one of the lower id leads a repair; null: later nodes have higher ids.</param>
    /// <param name="options">Null: the defaults.</param>
    public FleetRegistry Add(int count, int ringCapacity = 4_096, uint? id = null, ClusterOptions? options = null)
    {
        uint nodeId = id ?? (uint)_nodes.Count + 1;
        var fleet = new FleetRegistry(
            count,
            adjust: registry => registry with
            {
                NodeId = nodeId,
                Seed = nodeId,
                ChangeRingCapacity = ringCapacity,
                GuardEnabled = false,
                Cluster = (options ?? new ClusterOptions()) with { ClusterId = "bench" },
            },
            time: _clock
        );
        _nodes.Add(new BenchNode(World, fleet, _takesTime));
        return fleet;
    }

    /// <summary>A node leaves for good.</summary>
    public void Remove(BenchNode node)
    {
        _nodes.Remove(node);
        node.Stop();
    }

    /// <summary>Links two nodes, by their place.</summary>
    public void Join(int a, int b, BenchLine? line = null) => BenchLink.Join(World, _nodes[a], _nodes[b], line ?? BenchLine.Ideal);

    /// <summary>The link between two nodes breaks.</summary>
    public void Part(int a, int b) => _nodes[a].Links.Single(link => link.Peer == _nodes[b]).Break();

    /// <summary>Forgets what was counted.</summary>
    public void CountAnew()
    {
        foreach (BenchNode node in _nodes)
        {
            node.Cpu = TimeSpan.Zero;
            node.Links.ForEach(link => link.Sent = default);
        }
    }

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan span) => World.Run(span);

    /// <summary>Time passes until all nodes, or the first <paramref name="among"/>, hold the same.</summary>
    /// <returns>How long that took in simulated time, to the millisecond.</returns>
    public TimeSpan Converge(int among = int.MaxValue)
    {
        TimeSpan began = World.Now;
        while (_nodes.Take(among).Select(node => node.Digest).Distinct().Count() > 1)
        {
            if (World.Now - began > s_convergeLimit)
            {
                throw new InvalidOperationException($"after {s_convergeLimit.TotalMinutes} minutes of the nodes' time they still differ");
            }

            World.Run(s_look);
        }

        return World.Now - began;
    }
}
