using Rollcall.Bench.Fleet;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Bench.Sizing;

/// <summary>One cluster, filled, and what it does measured: renewals, a stream of changes, a partition that heals, a node that joins empty.</summary>
/// <remarks>
/// Owners renew all the while. In one thread, on a clock moved by hand. Every activity ends when all nodes hold the same.
/// </remarks>
internal sealed class SizingRun
{
    private const int FirstId = 10; // nodes that join have a lower one or a higher one
    private const int BeatsPerInterval = 300;

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(100); // 300 of them are the 30 s of a Spring client
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(6); // a set of renewals, and more than any link needs for its hello
    private static readonly TimeSpan s_pulse = TimeSpan.FromMilliseconds(10);

    // Longer than a batch waits, else what changed twice would travel once; and the partition has to end before leases do.
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(25);

    private readonly SizingCase _case;
    private readonly BenchCluster _cluster;
    private readonly LeaseHandle[] _handles;
    private readonly ClusterOptions _options;
    private int _beats;
    private long _renewals;
    private int _changes;

    /// <summary>Fills the nodes and links them.</summary>
    public SizingRun(SizingCase of, bool takesTime)
    {
        _case = of;
        _cluster = new BenchCluster(takesTime);
        _options = new ClusterOptions { BatchChangesMax = of.Batch, BatchesInFlightMax = of.InFlight };
        _handles = new LeaseHandle[of.Instances];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (uint node = 0; node < of.Nodes; node++)
        {
            _cluster.Add(0, of.Ring, FirstId + node, _options);
        }

        for (int i = 0; i < of.Instances; i++)
        {
            Register(i);
        }

        TellAll();
        NodeMemory = (GC.GetTotalMemory(forceFullCollection: true) - before) / of.Nodes;
        foreach ((int a, int b) in of.Links)
        {
            _cluster.Join(a, b, of.LineBetween(a, b));
        }

        Beat();
        _cluster.Pass(s_settled);
        _cluster.Converge();
    }

    /// <summary>Bytes that a node keeps, as the garbage collector sees it.</summary>
    public long NodeMemory { get; }

    /// <summary>The same of the node that joined last, measured by itself.</summary>
    public long JoinedMemory { get; private set; }

    /// <summary>The nodes.</summary>
    public BenchCluster Cluster => _cluster;

    /// <summary>Owners renew, and nothing else happens.</summary>
    public SizingActivity Steady(TimeSpan span)
    {
        long before = _renewals;
        _cluster.CountAnew();
        _cluster.Pass(span);
        return Measured("steady", span, _renewals - before);
    }

    /// <summary>Instances register anew, so many a second.</summary>
    public SizingActivity Stream(TimeSpan span)
    {
        _cluster.CountAnew();
        int changed = 0;
        for (TimeSpan passed = s_pulse; passed <= span; passed += s_pulse)
        {
            for (; changed < passed.TotalSeconds * _case.Rate; changed++)
            {
                Change(_changes++);
            }

            _cluster.Pass(s_pulse);
        }

        return Measured("stream", _cluster.Converge(), changed);
    }

    /// <summary>Half of the nodes are cut off from the others until one instance in a hundred differs, too long ago for any ring of changes.</summary>
    public SizingActivity Heal()
    {
        (int A, int B)[] cut = [.. _case.Links.Where(link => IsFirstHalf(link.A) != IsFirstHalf(link.B))];
        foreach ((int a, int b) in cut)
        {
            _cluster.Part(a, b);
        }

        int differing = _case.Instances / 100;
        ulong[] versions = [.. _cluster.Nodes.Select(Version)];
        while (_cluster.Nodes.Zip(versions).Any(node => Version(node.First) - node.Second <= (ulong)_case.Ring))
        {
            for (int i = 0; i < differing; i++)
            {
                Change(i);
            }

            _cluster.Pass(s_round);
        }

        _cluster.Pass(TimeSpan.FromSeconds(1));
        _cluster.CountAnew();
        foreach ((int a, int b) in cut)
        {
            _cluster.Join(a, b, _case.LineBetween(a, b));
        }

        return Measured("heal", _cluster.Converge(), differing);
    }

    /// <summary>One more node comes, holds nothing, and goes again.</summary>
    /// <param name="leads">True: it asks for what it lacks; false: it is given. In a cluster that is as the ids are, by chance.</param>
    public SizingActivity Join(bool leads)
    {
        _cluster.CountAnew();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        _cluster.Add(0, _case.Ring, leads ? 1u : 1_000u, _options);
        foreach (int peer in _case.PeersOfOneMore)
        {
            _cluster.Join(peer, _case.Nodes, _case.LineBetween(peer, _case.Nodes));
        }

        SizingActivity measured = Measured(leads ? "join, asks" : "join, is given", _cluster.Converge(), _case.Instances);
        JoinedMemory = GC.GetTotalMemory(forceFullCollection: true) - before;
        _cluster.Remove(_cluster.Nodes[_case.Nodes]);
        return measured;
    }

    private static ulong Version(BenchNode node) => node.Fleet.Registry.ReadSnapshot().Version;

    private bool IsFirstHalf(int node) => node * 2 / _case.Nodes == 0;

    private BenchNode HomeOf(int instance) => _cluster.Nodes[instance % _case.Nodes];

    private void Register(int instance) => _handles[instance] = HomeOf(instance).Fleet.Register(instance);

    // The n-th of a fixed row in which neighbours are at different nodes and in different services.
    private void Change(int n)
    {
        int instance = (int)(n * 101L % _case.Instances);
        Register(instance);
        HomeOf(instance).Wake();
    }

    private void Beat()
    {
        for (int i = _beats++ % BeatsPerInterval; i < _handles.Length; i += BeatsPerInterval)
        {
            BenchNode home = HomeOf(i);
            _renewals += home.Fleet.Registry.Renew(_handles[i], home.Now) ? 1 : throw new InvalidOperationException($"the lease of instance {i} has ended");
        }

        _cluster.World.In(s_beat, Beat);
    }

    // As if they had been linked all the time; not counted. Coded, so that no node shares memory with another.
    private void TellAll()
    {
        var names = _cluster.Nodes.ToDictionary(node => node, _ => new ServiceNames());
        foreach ((BenchNode from, Instance[][] parts) in _cluster.Nodes.Select(node => (node, Parts(node))).ToArray())
        {
            foreach (Instance[] part in parts)
            {
                var push = new ItemsPush(1, 0, [.. part.Select(record => from.Fleet.Registry.Replica!.KeyedStateOf(record, from.Now))]);
                Opcode opcode = PeerMessageRecord.Write(from.Encoded, push);
                foreach (BenchNode to in _cluster.Nodes.Where(node => node != from))
                {
                    var heard = (ItemsPush)PeerMessageRecord.Read(opcode, from.Encoded.WrittenSpan, names[to], _ => { })!;
                    to.Fleet.Registry.Replica!.Apply(heard.States, ushort.MaxValue, to.Now);
                }

                from.Encoded.ResetWrittenCount();
            }
        }
    }

    private static Instance[][] Parts(BenchNode node) => [.. node.Fleet.Registry.ReadSnapshot().Instances().Chunk(1_024)];

    private SizingActivity Measured(string activity, TimeSpan took, long count)
    {
        BenchTraffic all = _cluster.Sent;
        return new SizingActivity(
            activity,
            count,
            took.TotalSeconds,
            _cluster.Nodes.SelectMany(node => node.Links).Max(link => link.Sent.Bytes),
            _cluster.Nodes.Max(node => node.Sent.Bytes),
            all.Bytes,
            all.Messages,
            all.Records,
            _cluster.Nodes.Max(node => node.Cpu).TotalSeconds,
            _cluster.Cpu.TotalSeconds
        );
    }
}
