using Microsoft.Extensions.ObjectPool;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What a session sends bit by bit: full reads, deltas, and its watches.</summary>
/// <remarks>
/// <para>Owner: the session's loop, which asks for one portion after the other and flushes each, with the answers to other requests
/// in between: so bulk never stands before a heartbeat for longer than one frame.</para>
/// </remarks>
internal sealed class Outflow(WireServer server, WireSession session, FrameOutput output)
{
    /// <summary>Most bytes of changes in one update: what a heartbeat's answer may have to wait for.</summary>
    private const int UpdateBytesMax = 64 * 1024;

    private readonly RegistryService _registry = server.Registry;
    private readonly List<Watch> _watches = [];
    private readonly Queue<(Message Message, Watch? Of)> _sending = new();

    /// <summary>How the client can unpack.</summary>
    public Packing Packing { get; set; }

    /// <summary>Full reads and deltas under way.</summary>
    public int Reads { get; private set; }

    /// <summary>How many watches.</summary>
    public int Watches => _watches.Count;

    /// <summary>True if <see cref="WritePortion"/> has more to write when the last portion is flushed.</summary>
    public bool IsSending => _sending.Count > 0;

    /// <summary>Begins to send all that a filter selects.</summary>
    public void ReadSnapshot(uint correlation, InstanceFilter filter)
    {
        Reads++;
        _sending.Enqueue((Snapshot(Opcode.ReadSnapshot, correlation, filter, _registry.ReadSnapshot()), null));
    }

    /// <summary>Begins to send every change since a version, or says that they are not kept any more.</summary>
    public void ReadDelta(uint correlation, RegistryVersion since, SessionScratch scratch)
    {
        scratch.Segments.Clear();
        bool known = since.Epoch == _registry.BootEpoch;
        ChangeRead read = known ? server.Changes.Read(since.Number, InstanceFilter.All, int.MaxValue, scratch.Segments) : default;
        if (!known || read.TooFarBehind)
        {
            output.Refused(correlation, _registry.TooFarBehind(since));
            return;
        }

        Reads++;
        _sending.Enqueue((Delta(correlation, since.Number, read, scratch.Segments), null));
    }

    /// <summary>Begins a watch; false if one has this id already.</summary>
    public bool TryWatch(uint correlation, InstanceFilter filter, RegistryVersion since)
    {
        if (Of(correlation) is not null)
        {
            return false;
        }

        bool known = _registry.HasPublished(since);
        ulong cursor = known ? since.Number : 0;
        _watches.Add(new Watch(correlation, filter, cursor, !known, _registry.Subscribers.Subscribe(filter, cursor)));
        if (_watches.Count == 1)
        {
            server.Watchers.Add(session);
        }

        session.WantsPush();
        return true;
    }

    /// <summary>Ends a watch, if it is there.</summary>
    public void Unwatch(uint correlation)
    {
        if (Of(correlation) is { } watch)
        {
            End(watch);
            _watches.Remove(watch);
            if (_watches.Count == 0)
            {
                server.Watchers.Remove(session);
            }
        }
    }

    /// <summary>What the client says that a watch has applied.</summary>
    public void Acknowledge(uint correlation, ulong version)
    {
        if (Of(correlation) is { } watch)
        {
            watch.Acknowledge(version);
            session.WantsPush(); // there may be room for more now
        }
    }

    /// <summary>Looks what each watch is to get, and writes small updates at once.</summary>
    public void Push(SessionScratch scratch)
    {
        RegistrySnapshot snapshot = _registry.ReadSnapshot();
        foreach (Watch watch in _watches)
        {
            if (watch.Sending is null && HasRoom(watch))
            {
                Push(watch, snapshot, scratch);
            }
        }
    }

    /// <summary>Writes the next frame of what is being sent, each in its turn.</summary>
    public void WritePortion()
    {
        if (!_sending.TryDequeue(out (Message Message, Watch? Of) next))
        {
            return;
        }

        bool ended = next.Of is { } watch && watch.Sending != next.Message; // unwatched meanwhile: the rest is not sent
        if (!ended && next.Message.WriteFrame(output))
        {
            _sending.Enqueue(next);
            return;
        }

        server.Messages.Return(next.Message);
        if (next.Of is null)
        {
            Reads--;
        }
        else if (!ended)
        {
            next.Of.Sending = null;
            session.WantsPush(); // what changed since
        }
    }

    /// <summary>Ends all.</summary>
    public void End()
    {
        foreach (Watch watch in _watches)
        {
            End(watch);
        }

        _watches.Clear();
        _sending.Clear();
        server.Watchers.Remove(session);
    }

    private bool HasRoom(Watch watch) =>
        watch.BytesUnderWay < server.Options.UnacknowledgedBytesMax && watch.UpdatesUnderWay < server.Options.UnacknowledgedUpdatesMax;

    private void Push(Watch watch, RegistrySnapshot snapshot, SessionScratch scratch)
    {
        if (!watch.WantsSnapshot && watch.Cursor < snapshot.Version)
        {
            scratch.Segments.Clear();
            bool lags = snapshot.Version - watch.Cursor > (ulong)server.Options.ChangesBehindMax;
            ChangeRead read = lags ? default : server.Changes.Read(watch.Cursor, watch.Filter, UpdateBytesMax, scratch.Segments);
            watch.WantsSnapshot = lags || read.TooFarBehind;
            if (!watch.WantsSnapshot)
            {
                Push(watch, read, scratch);
            }
        }

        if (watch.WantsSnapshot)
        {
            Message message = Snapshot(Opcode.Watch, watch.Correlation, watch.Filter, snapshot);
            watch.Sent(snapshot.Version, message.Left);
            watch.Sending = message;
            _sending.Enqueue((message, watch));
        }
    }

    private void Push(Watch watch, in ChangeRead read, SessionScratch scratch)
    {
        ulong after = watch.Cursor;
        if (read.Count > 0 || watch.Passed(read.Reached))
        {
            watch.Sent(read.Reached, read.Bytes);
            WriteUpdate(watch, after, read, scratch.Segments);
        }

        if (read.Reached < _registry.ReadSnapshot().Version)
        {
            session.WantsPush(); // the rest, when this is flushed
        }
    }

    private void WriteUpdate(Watch watch, ulong after, in ChangeRead read, List<ReadOnlyMemory<byte>> segments)
    {
        if (IsWorthPacking(read))
        {
            byte[] packed = server.PackedUpdates.Get(after, watch.Filter, read, Packing, segments);
            output.Frame(Opcode.Watch, FrameFlags.Answer | FrameFlags.Packed, watch.Correlation, packed);
            return;
        }

        Span<byte> head = stackalloc byte[UpdateHead.SizeMax];
        head = head[..UpdateHead.Put(head, KindOf(read), read.Reached)];
        output.Header(head.Length + read.Bytes, Opcode.Watch, FrameFlags.Answer, watch.Correlation);
        output.Payload(head);
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            output.Payload(segment.Span);
        }
    }

    private Message Snapshot(Opcode opcode, uint correlation, InstanceFilter filter, RegistrySnapshot snapshot)
    {
        Message message = server.Messages.Get();
        if (Packing == Packing.None)
        {
            message.Begin(opcode, FrameFlags.None, correlation);
            message.Add(UpdateKind.Snapshot, snapshot.Version);
        }
        else
        {
            message.Begin(opcode, FrameFlags.Packed, correlation);
            message.Add(Chunk.Pack(UpdateHead.Of(UpdateKind.Snapshot, snapshot.Version), Packing));
        }

        foreach (EncodedDocument document in server.Documents(snapshot, filter, Packing))
        {
            message.Add(document);
        }

        return message;
    }

    private Message Delta(uint correlation, ulong after, in ChangeRead read, List<ReadOnlyMemory<byte>> segments)
    {
        Message message = server.Messages.Get();
        if (IsWorthPacking(read))
        {
            message.Begin(Opcode.ReadDelta, FrameFlags.Packed, correlation);
            message.Add(server.PackedUpdates.Get(after, InstanceFilter.All, read, Packing, segments));
            return message;
        }

        message.Begin(Opcode.ReadDelta, FrameFlags.None, correlation);
        message.Add(KindOf(read), read.Reached);
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            message.Add(segment);
        }

        return message;
    }

    private bool IsWorthPacking(in ChangeRead read) => Packing != Packing.None && read.Bytes >= server.Options.PackBytesMin;

    private static UpdateKind KindOf(in ChangeRead read) => read.Count > 0 ? UpdateKind.Changes : UpdateKind.Progress;

    private Watch? Of(uint correlation)
    {
        foreach (Watch watch in _watches)
        {
            if (watch.Correlation == correlation)
            {
                return watch;
            }
        }

        return null;
    }

    private static void End(Watch watch)
    {
        watch.Subscription.Dispose();
        watch.Sending = null;
    }
}
