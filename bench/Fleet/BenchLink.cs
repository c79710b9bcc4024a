using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Bench.Fleet;

/// <summary>One end of a connection between two nodes: takes what its node has for the other, encodes it, and brings it there in its time.</summary>
internal sealed class BenchLink
{
    private readonly SimWorld _world;
    private readonly BenchLine _line;
    private readonly ServiceNames _names = new(); // of what this end reads
    private readonly ushort _number;
    private BenchLink _other = null!;
    private TimeSpan _freeAt; // the line
    private long _underWay;
    private bool _blocked;
    private bool _broken;

    private BenchLink(SimWorld world, BenchNode node, BenchLine line, bool dialled)
    {
        (_world, _line, Node) = (world, line, node);
        _number = node.Cluster.Connect(dialled, node.Now);
        node.Links.Add(this);
    }

    public BenchNode Node { get; }

    /// <summary>The node at the other end.</summary>
    public BenchNode Peer => _other.Node;

    /// <summary>What this end has sent.</summary>
    public BenchTraffic Sent { get; set; }

    /// <summary>Connects two nodes.</summary>
    public static void Join(SimWorld world, BenchNode a, BenchNode b, BenchLine line)
    {
        var there = new BenchLink(world, a, line, dialled: true);
        there._other = new BenchLink(world, b, line, dialled: false) { _other = there };
        a.Wake();
        b.Wake();
    }

    /// <summary>The connection is gone, with what was on its way.</summary>
    public void Break()
    {
        foreach (BenchLink end in (BenchLink[])[this, _other])
        {
            end._broken = true;
            end.Node.Links.Remove(end);
            end.Node.Do(() => end.Node.Cluster.Disconnect(end._number, end.Node.Now));
        }
    }

    /// <summary>Sends what the node has, as far as the line takes it.</summary>
    /// <param name="spent">How long the node has been at work by now, in its own time.</param>
    public void Pump(Func<TimeSpan> spent)
    {
        while (!(_blocked = _underWay >= _line.WindowBytes) && Node.Cluster.TryTake(_number, Node.Now, out PeerMessage message))
        {
            Opcode opcode = PeerMessageRecord.Write(Node.Encoded, message);
            byte[] payload = Node.Encoded.WrittenSpan.ToArray();
            Node.Encoded.ResetWrittenCount();
            int frames = Math.Max(1, (payload.Length + WirePeerLane.FrameBytesMax - 1) / WirePeerLane.FrameBytesMax);
            int bytes = payload.Length + (frames * FrameHeader.Size);
            Sent += BenchTraffic.Of(message, bytes);
            Send(opcode, payload, bytes, _world.Now + spent());
        }
    }

    private void Send(Opcode opcode, byte[] payload, int bytes, TimeSpan at)
    {
        _underWay += bytes;
        _freeAt = (at > _freeAt ? at : _freeAt) + _line.Occupied(bytes);
        TimeSpan arrival = _freeAt + _line.Delay;
        _world.In(arrival - _world.Now, () => _other.Arrive(opcode, payload, bytes));
    }

    private void Arrive(Opcode opcode, byte[] payload, int bytes)
    {
        if (!_broken)
        {
            _world.In(_line.Delay, () => _other.Acknowledged(bytes));
            Node.Do(() =>
            {
                if (!_broken)
                {
                    Node.Cluster.Receive(_number, PeerMessageRecord.Read(opcode, payload, _names, _ => { })!, Node.Now);
                }
            });
        }
    }

    private void Acknowledged(int bytes)
    {
        _underWay -= bytes;
        if (_blocked && !_broken)
        {
            Node.Wake();
        }
    }
}
