using System.Buffers;
using System.Diagnostics;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Bench.Fleet;

/// <summary>Nodes of a cluster in one process and one thread: what ships but the sockets. Each message is encoded, counted, and decoded.</summary>
internal sealed class BenchCluster
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    private readonly BenchClock _clock = new();
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<Joint> _joints = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 20);
    private long _steps;

    /// <summary>Bytes on all links, frame headers included; not packed.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of them those of messages that carry records.</summary>
    public long RecordBytes { get; private set; }

    /// <summary>Of them those of renewals.</summary>
    public long RenewalBytes { get; private set; }

    /// <summary>Records in messages.</summary>
    public long Records { get; private set; }

    public MonotonicTime Now => _nodes[0].Registry.Now;

    /// <summary>A node that holds <paramref name="count"/> instances.</summary>
    /// <param name="count">How many owners have registered there.</param>
    /// <param name="ringCapacity">Changes kept: a peer that is further behind needs a repair.</param>
    public FleetRegistry Add(int count, int ringCapacity = 4_096)
    {
        uint id = (uint)_nodes.Count + 1;
        var fleet = new FleetRegistry(
            count,
            adjust: options => options with
            {
                NodeId = id,
                Seed = id,
                ChangeRingCapacity = ringCapacity,
                GuardEnabled = false,
                Cluster = new ClusterOptions { ClusterId = "bench" },
            },
            clock: _clock
        );
        _nodes.Add(new ClusterNode(fleet.Registry, expectsPeers: false, fleet.Now));
        return fleet;
    }

    /// <summary>Links two nodes, by their place.</summary>
    public void Join(int a, int b) => _joints.Add(new Joint(_nodes[a], _nodes[b], Now));

    /// <summary>The link between two nodes breaks.</summary>
    public void Part(int a, int b)
    {
        Joint joint = _joints.Single(joint => joint.Joins(_nodes[a], _nodes[b]));
        _joints.Remove(joint);
        joint.Break(Now);
    }

    /// <summary>Forgets what was counted.</summary>
    public void CountAnew() => (Bytes, RecordBytes, RenewalBytes, Records) = (0, 0, 0, 0);

    /// <summary>Time passes, a step at a time, and all that is said is heard within its step.</summary>
    public void Pass(TimeSpan span)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < span; passed += s_step)
        {
            Step();
        }
    }

    /// <summary>Time passes until all nodes, or the first <paramref name="among"/>, hold the same.</summary>
    /// <returns>How long that took on a clock: all nodes' work, one after the other.</returns>
    public TimeSpan Converge(int among = int.MaxValue)
    {
        var watch = Stopwatch.StartNew();
        for (int steps = 0; !Equal(among); steps++)
        {
            if (steps > 3_000)
            {
                throw new InvalidOperationException("after a minute of the nodes' time they still differ");
            }

            Step();
        }

        return watch.Elapsed;
    }

    private bool Equal(int among) => _nodes.Take(among).Select(node => node.Registry.Replica!.ReadDigest().Root).Distinct().Count() == 1;

    private void Step()
    {
        _clock.Pass(s_step);
        bool advance = ++_steps % 10 == 0;
        foreach (ClusterNode node in _nodes)
        {
            if (advance)
            {
                node.Registry.Advance(Now);
            }

            node.Tick(Now);
        }

        bool moved = true;
        while (moved)
        {
            moved = false;
            foreach (Joint joint in _joints)
            {
                moved |= Carry(joint.A, joint.B) | Carry(joint.B, joint.A);
            }
        }
    }

    private bool Carry(End from, End to)
    {
        bool any = false;
        while (from.Node.TryTake(from.Link, Now, out PeerMessage message))
        {
            any = true;
            _bytes.ResetWrittenCount();
            Opcode opcode = PeerMessageRecord.Write(_bytes, message);
            Count(message, FrameHeader.Size + _bytes.WrittenCount);
            to.Node.Receive(to.Link, PeerMessageRecord.Read(opcode, _bytes.WrittenSpan, to.Names, _ => { })!, Now);
        }

        return any;
    }

    private void Count(PeerMessage message, int bytes)
    {
        int records = message switch
        {
            FeedBatch batch => batch.States.Count,
            ItemsAnswer answer => answer.States.Count,
            ItemsPush push => push.States.Count,
            _ => 0,
        };
        Bytes += bytes;
        Records += records;
        RecordBytes += records > 0 ? bytes : 0;
        RenewalBytes += message is RenewSet ? bytes : 0;
    }

    private sealed class Joint(ClusterNode a, ClusterNode b, MonotonicTime now)
    {
        public End A { get; } = new(a, a.Connect(dialled: true, now));

        public End B { get; } = new(b, b.Connect(dialled: false, now));

        public bool Joins(ClusterNode x, ClusterNode y) => (A.Node == x && B.Node == y) || (A.Node == y && B.Node == x);

        public void Break(MonotonicTime at)
        {
            A.Node.Disconnect(A.Link, at);
            B.Node.Disconnect(B.Link, at);
        }
    }

    private sealed record End(ClusterNode Node, ushort Link)
    {
        public ServiceNames Names { get; } = new();
    }
}
