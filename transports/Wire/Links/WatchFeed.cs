using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Links;

/// <summary>A watch on the client's side: the updates that have come, and what of them is acknowledged.</summary>
/// <remarks>
/// <para>
/// The node sends no more than it was told are acknowledged (<see cref="HelloAnswer.UnacknowledgedUpdatesMax"/>), so what waits here is
/// bounded. Acknowledged is what was applied: when the next update is asked for. That is told a little later, for all meanwhile, or at
/// once if half of what the node permits waits for it.
/// </para>
/// <para>Threads: the lane's loop brings frames; one consumer takes updates.</para>
/// </remarks>
internal sealed class WatchFeed : Call, IDisposable
{
    // "Within a tenth of a second", with time to travel.
    private static readonly TimeSpan s_acknowledgeAfter = TimeSpan.FromMilliseconds(50);

    private readonly ClientLane _lane;
    private readonly Channel<(byte[] Bytes, FrameFlags Flags)> _messages = Channel.CreateUnbounded<(byte[], FrameFlags)>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
    );
    private readonly Timer _acknowledging;
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte>? _message; // of several frames; owned by the lane's loop
    private uint _correlation;
    private ulong _applied; // guarded by _gate
    private int _updatesApplied; // not yet acknowledged; guarded by _gate
    private long _bytesApplied; // not yet acknowledged; guarded by _gate
    private int _waiting; // updates in the channel
    private volatile bool _ended;

    private WatchFeed(ClientLane lane)
    {
        _lane = lane;
        _acknowledging = new Timer(static feed => ((WatchFeed)feed!).Acknowledge(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Watches until the token ends or the link breaks.</summary>
    public static async IAsyncEnumerable<RegistryUpdate> WatchAsync(
        ClientLane lane,
        InstanceFilter filter,
        RegistryVersion since,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        using var feed = new WatchFeed(lane);
        feed._correlation = lane.Begin(
            Opcode.Watch,
            feed,
            static (output, in watch) =>
            {
                output.WriteFilter(watch.filter);
                Requests.WriteVersion(output, watch.since);
            },
            (filter, since)
        );
        while (true)
        {
            (byte[] bytes, FrameFlags flags) = await feed.NextAsync(cancellation).ConfigureAwait(false);
            RegistryUpdate update = feed.Read(bytes, flags);
            yield return update;
            feed.Applied(update.Version.Number, bytes.Length);
        }
    }

    /// <inheritdoc/>
    public override bool Take(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Opcode == Opcode.Error)
        {
            (WireErrorCode code, string message) = ErrorRecord.Read(payload);
            _messages.Writer.TryComplete(new LinkException(WireErrorMap.Failure(code), message));
            return true;
        }

        if (header.Opcode == Opcode.Unwatch)
        {
            return true;
        }

        if (header.Opcode != Opcode.Watch)
        {
            _lane.Break($"a watch got a frame of operation 0x{(byte)header.Opcode:x2}");
        }
        else if (!_ended)
        {
            Take(header.Flags, payload);
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Fail(LinkException reason) => _messages.Writer.TryComplete(reason);

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _ended = true;
        _acknowledging.Dispose();
        Acknowledge();
        if (_correlation != 0 && !_messages.Reader.Completion.IsCompleted)
        {
            _lane.Follow(Opcode.Unwatch, _correlation, static (_, in _) => { }, default(Nothing));
        }
    }

    private void Take(FrameFlags flags, ReadOnlySpan<byte> payload)
    {
        bool more = (flags & FrameFlags.More) != 0;
        if (!more && _message is null)
        {
            Put(payload, flags);
        }
        else
        {
            _message ??= new ArrayBufferWriter<byte>(payload.Length * 4);
            if (_lane.Takes(_message.WrittenCount + (long)payload.Length))
            {
                _message.Write(payload);
                if (!more)
                {
                    Put(_message.WrittenSpan, flags);
                    _message = null;
                }
            }
        }
    }

    private void Put(ReadOnlySpan<byte> message, FrameFlags flags)
    {
        // A snapshot may come on top of what is permitted.
        if (Interlocked.Increment(ref _waiting) > _lane.Node.UnacknowledgedUpdatesMax + 1)
        {
            _lane.Break($"a watch got more than {_lane.Node.UnacknowledgedUpdatesMax} updates without an acknowledgement");
            return;
        }

        _messages.Writer.TryWrite((message.ToArray(), flags));
    }

    private async ValueTask<(byte[] Bytes, FrameFlags Flags)> NextAsync(CancellationToken cancellation)
    {
        try
        {
            (byte[] Bytes, FrameFlags Flags) message = await _messages.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            Interlocked.Decrement(ref _waiting);
            return message;
        }
        catch (ChannelClosedException e) when (e.InnerException is LinkException reason)
        {
            throw reason;
        }
    }

    private RegistryUpdate Read(byte[] bytes, FrameFlags flags)
    {
        try
        {
            var reader = new PayloadReader((flags & FrameFlags.Packed) == 0 ? bytes : _lane.Unpack(bytes));
            RegistryUpdate update = UpdateRecord.Read(ref reader, _lane.Epoch, _lane.Services);
            return reader.AtEnd ? update : throw _lane.Break("an update cannot be read");
        }
        catch (InvalidDataException e)
        {
            throw _lane.Break(e.Message);
        }
    }

    private void Applied(ulong version, int bytes)
    {
        bool atOnce;
        lock (_gate)
        {
            _applied = version;
            _updatesApplied++;
            _bytesApplied += bytes;
            atOnce =
                _updatesApplied * 2L >= _lane.Node.UnacknowledgedUpdatesMax || _bytesApplied * 2 >= _lane.Node.UnacknowledgedBytesMax;
            if (!atOnce && _updatesApplied == 1)
            {
                _acknowledging.Change(s_acknowledgeAfter, Timeout.InfiniteTimeSpan);
            }
        }

        if (atOnce)
        {
            Acknowledge();
        }
    }

    private void Acknowledge()
    {
        ulong version;
        lock (_gate)
        {
            if (_updatesApplied == 0)
            {
                return;
            }

            version = _applied;
            _updatesApplied = 0;
            _bytesApplied = 0;
        }

        // Two that meet may go out in either order: an older one says nothing to the node.
        _lane.Follow(Opcode.Acknowledge, _correlation, static (output, in version) => output.WriteNumber(version), version);
    }
}
