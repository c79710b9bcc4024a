using System.Buffers;
using Rollcall.Bench.Pairing;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;

namespace Rollcall.Bench.Fleet;

/// <summary>One node of a <see cref="BenchCluster"/>: does one thing after the other, and may be busy for as long as that took a processor.</summary>
/// <remarks>A step is what comes in, then the node's time, then what goes out: as a host does it.</remarks>
internal sealed class BenchNode
{
    private static readonly TimeSpan s_advance = TimeSpan.FromMilliseconds(200);

    private readonly SimWorld _world;
    private readonly bool _takesTime;
    private readonly Queue<Action> _waiting = new();
    private TimeSpan _freeAt;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;
    private bool _stopped;

    public BenchNode(SimWorld world, FleetRegistry fleet, bool takesTime)
    {
        (_world, _takesTime, Fleet) = (world, takesTime, fleet);
        Cluster = new ClusterNode(fleet.Registry, expectsPeers: false, fleet.Now);
        Advance();
    }

    public FleetRegistry Fleet { get; }

    public ClusterNode Cluster { get; }

    public List<BenchLink> Links { get; } = [];

    /// <summary>Where a message is encoded.</summary>
    public ArrayBufferWriter<byte> Encoded { get; } = new(1 << 16);

    public MonotonicTime Now => Fleet.Now;

    /// <summary>Hash of all that it holds.</summary>
    public ulong Digest => Fleet.Registry.Replica!.ReadDigest().Root;

    /// <summary>Processor time of its steps, coding included; what owners ask of the registry and the end of leases are not in it.</summary>
    public TimeSpan Cpu { get; set; }

    /// <summary>What it has sent over the links that it has.</summary>
    public BenchTraffic Sent => Links.Aggregate(default(BenchTraffic), (sum, link) => sum + link.Sent);

    /// <summary>Something was asked of its registry that its peers may have to know.</summary>
    public void Wake() => Do(() => { });

    /// <summary>Does something in the node, when it is through with what came before.</summary>
    public void Do(Action action)
    {
        _waiting.Enqueue(action);
        if (_waiting.Count == 1)
        {
            Continue();
        }
    }

    /// <summary>It is gone: nothing moves it any more.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (BenchLink link in Links.ToArray())
        {
            link.Break();
        }
    }

    private void Continue() => _world.In(_freeAt > _world.Now ? _freeAt - _world.Now : TimeSpan.Zero, Step);

    private void Step()
    {
        long began = ThreadClock.Nanoseconds;
        TimeSpan Spent() => TimeSpan.FromMicroseconds((ThreadClock.Nanoseconds - began) / 1_000.0);
        _waiting.Peek()();
        MonotonicTime next = Cluster.Tick(Now);
        foreach (BenchLink link in Links)
        {
            link.Pump(_takesTime ? Spent : () => TimeSpan.Zero);
        }

        TimeSpan spent = Spent();
        Cpu += spent;
        _freeAt = _world.Now + (_takesTime ? spent : TimeSpan.Zero);
        _waiting.Dequeue();
        if (_waiting.Count > 0)
        {
            Continue();
        }

        WakeAt(_world.Now + (next - Now));
    }

    private void WakeAt(TimeSpan at)
    {
        if (_stopped || (at >= _wakeAt && _wakeAt > _world.Now))
        {
            return; // it wakes before
        }

        _wakeAt = at;
        _world.In(
            at - _world.Now,
            () =>
            {
                if (_wakeAt == at)
                {
                    _wakeAt = TimeSpan.MaxValue;
                    Wake();
                }
            }
        );
    }

    private void Advance()
    {
        if (!_stopped)
        {
            Fleet.Registry.Advance(Now);
            _world.In(s_advance, Advance);
        }
    }
}
