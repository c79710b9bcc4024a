using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>A cluster in one thread: real registries and cluster code, simulated links, clocks, owners and operators.</summary>
public sealed class SimCluster
{
    private static readonly TimeSpan s_writePeriod = TimeSpan.FromSeconds(3);

    private readonly List<SimNode> _nodes = [];
    private readonly List<SimLink> _links = [];
    private readonly List<SimOwner> _owners = [];
    private readonly Dictionary<string, SimOwner> _ownersByKey = [];

    internal SimCluster(int seed, PlantedFaults faults = PlantedFaults.None, bool guard = false)
    {
        Seed = seed;
        World = new SimWorld(seed);
        Checks = new SimChecks(this);
        ClusterOptions = new ClusterOptions
        {
            ClusterId = "sim",
            Faults = faults,
            BatchChangesMax = 8,
            BatchesInFlightMax = 3,
            ResendAfter = TimeSpan.FromMilliseconds(600),
            RenewSetPeriod = TimeSpan.FromMilliseconds(500),
            ComparePeriod = TimeSpan.FromSeconds(4),
            RepairTimeout = TimeSpan.FromSeconds(3),
            WarmUpMax = TimeSpan.FromSeconds(8),
        };
        RegistryOptions = new RegistryOptions
        {
            StripeCount = 2,
            ChangeRingCapacity = 64,
            HistoryCapacity = 8,
            WheelTick = TimeSpan.FromMilliseconds(50),
            GuardEnabled = guard,
            GuardWindow = TimeSpan.FromSeconds(5),
            GuardHoldMax = TimeSpan.FromSeconds(10),
            Cluster = ClusterOptions,
        };
    }

    public int Seed { get; }

    public SimWorld World { get; }

    public SimChecks Checks { get; }

    public ClusterOptions ClusterOptions { get; }

    public RegistryOptions RegistryOptions { get; }

    public IReadOnlyList<SimNode> Nodes => _nodes;

    public IReadOnlyList<SimLink> Links => _links;

    public IReadOnlyList<SimOwner> Owners => _owners;

    /// <summary>Messages given to links.</summary>
    public long Messages { get; set; }

    /// <summary>Renewals that were accepted.</summary>
    public long Heartbeats { get; set; }

    /// <summary>Records that travelled.</summary>
    public long RecordsMoved { get; private set; }

    /// <summary>True: nodes write files.</summary>
    public bool KeepsFiles { get; init; }

    public SimNode AddNode(string? clusterId = null)
    {
        var node = new SimNode(this, (uint)_nodes.Count + 1, clusterId ?? ClusterOptions.ClusterId);
        _nodes.Add(node);
        node.Start(expectsPeers: _nodes.Exists(other => other != node && other.ClusterId == node.ClusterId));
        if (KeepsFiles)
        {
            WriteAgain(node);
        }

        return node;
    }

    public SimLink Join(SimNode a, SimNode b)
    {
        var link = new SimLink(this, a, b);
        _links.Add(link);
        return link;
    }

    public SimOwner AddOwner(SimNode? at, TimeSpan lease, bool byHandle)
    {
        var owner = new SimOwner(this, $"SVC-{_owners.Count % 3}", $"i-{_owners.Count}", lease, byHandle);
        _owners.Add(owner);
        _ownersByKey[owner.Key.ToString()] = owner;
        owner.Begin(at);
        return owner;
    }

    /// <summary>The owner of an instance; null: nobody registered it.</summary>
    public SimOwner? OwnerOf(Instance record) => _ownersByKey.GetValueOrDefault(InstanceKey.Of(record).ToString());

    /// <summary>All links work, all nodes run, all clocks are right again.</summary>
    public void HealAll()
    {
        foreach (SimLink link in _links)
        {
            link.Heal();
            link.Weather = new LinkWeather();
        }

        foreach (SimNode node in _nodes)
        {
            node.JumpClock(-node.Clock.WallOffset);
        }

        foreach (SimNode node in _nodes.Where(node => !node.IsUp))
        {
            node.Start();
        }
    }

    /// <summary>Lets time pass until nothing differs any more.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Converge(TimeSpan within)
    {
        TimeSpan from = World.Now;
        string? difference = Checks.Difference();
        while (difference is not null)
        {
            if (World.Now - from >= within)
            {
                throw new SimFailureException($"not converged {within.TotalSeconds:0} s after all was healed: {difference}\n{LinksAsTheyAre()}");
            }

            World.Run(TimeSpan.FromMilliseconds(250));
            difference = Checks.Difference();
        }

        return World.Now - from;
    }

    private void WriteAgain(SimNode node)
    {
        node.Write();
        World.In(s_writePeriod, () => WriteAgain(node));
    }

    private string LinksAsTheyAre() =>
        string.Join(
            '\n',
            _nodes.SelectMany(node => node.Cluster!.Peers(node.Time).Select(peer => $"  node {node.Id}.{node.Boot} paused {node.IsPaused} at {node.Time}: {peer}"))
        );

    internal void Count(PeerMessage message) =>
        RecordsMoved += message switch
        {
            FeedBatch batch => batch.States.Count,
            ItemsPush push => push.States.Count,
            ItemsAnswer answer => answer.States.Count,
            _ => 0,
        };
}
