using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Peering;

/// <summary>A lane between two nodes, once its hello is said: frames become messages, and messages frames.</summary>
/// <remarks>
/// <para>
/// Both ends do the same. A ping goes out when nothing else did for a third of <see cref="WireOptions.PeerSilenceTimeout"/>, so that
/// an end that hears nothing for that long knows that the other is gone.
/// </para>
/// <para>Shape: a message of more than 64 kB goes in several frames; what is large is packed.</para>
/// </remarks>
internal sealed class WirePeerLane : IPeerLane
{
    /// <summary>Most payload of a frame.</summary>
    public const int FrameBytesMax = 64 * 1024;

    /// <summary>Most bytes of a message, unpacked: with every option at its greatest, a batch has 16 MB and one record of 36 MB on top.</summary>
    public const int MessageBytesMax = 64 * 1024 * 1024;

    private const int KeptBytesMax = 1024 * 1024;

    // The other end has this long to take the last word.
    private static readonly TimeSpan s_lastWord = TimeSpan.FromSeconds(1);

    private readonly IDuplexPipe _pipe;
    private readonly Packing _packing;
    private readonly WireOptions _options;
    private readonly IAsyncDisposable? _connection;
    private readonly ServiceNames _services = new();
    private readonly SemaphoreSlim _writing = new(1); // held by whoever writes to the pipe
    private readonly Timer _watchdog;
    private ArrayBufferWriter<byte> _outgoing = new(1_024); // guarded by _writing
    private ArrayBufferWriter<byte> _incoming = new(1_024); // of the message under way; of the receiver
    private FrameHeader _first; // of the message under way; of the receiver
    private bool _midway; // of the receiver
    private string? _broken; // why; written once
    private long _heardAtMs = Environment.TickCount64;
    private long _saidAtMs = Environment.TickCount64;
    private int _unflushed; // guarded by _writing

    /// <summary>A lane over <paramref name="pipe"/>, on which both hellos are said; closes <paramref name="connection"/> with itself.</summary>
    public WirePeerLane(IDuplexPipe pipe, PeerPath path, Packing packing, WireOptions options, IAsyncDisposable? connection = null)
    {
        _pipe = pipe;
        Path = path;
        _packing = packing;
        _options = options;
        _connection = connection;
        TimeSpan look = options.PeerSilenceTimeout / 6;
        _watchdog = new Timer(_ => Look(), null, look, look);
    }

    /// <inheritdoc/>
    public PeerPath Path { get; }

    /// <inheritdoc/>
    public async ValueTask SendAsync(PeerMessage message)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            _outgoing.ResetWrittenCount();
            Opcode opcode = PeerMessageRecord.Write(_outgoing, message);
            ReadOnlyMemory<byte> payload = _outgoing.WrittenMemory;
            FrameFlags flags = FrameFlags.None;
            if (_packing != Packing.None && payload.Length >= _options.PackBytesMin)
            {
                byte[] packed = Chunk.Pack(payload.Span, _packing);
                bool smaller = packed.Length < payload.Length;
                flags = smaller ? FrameFlags.Packed : flags;
                payload = smaller ? packed : payload;
            }

            await WriteAsync(opcode, flags, payload).ConfigureAwait(false);
            _outgoing = _outgoing.Capacity > KeptBytesMax ? new ArrayBufferWriter<byte>(1_024) : _outgoing;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await FlushWrittenAsync().ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PeerMessage?> ReceiveAsync()
    {
        try
        {
            while (true)
            {
                ThrowIfBroken();
                ReadResult read = await _pipe.Input.ReadAsync().ConfigureAwait(false);
                ThrowIfBroken();
                Volatile.Write(ref _heardAtMs, Environment.TickCount64);
                PeerMessage? message = Take(read.Buffer, out SequencePosition consumed);
                _pipe.Input.AdvanceTo(consumed, message is null ? read.Buffer.End : consumed);
                if (message is not null)
                {
                    return message;
                }

                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            throw BrokeOff(e);
        }
        catch (InvalidDataException e)
        {
            await SayLastAsync(WireErrorCode.Malformed, $"{e.Message}.").ConfigureAwait(false);
            throw new LinkException(LinkFailure.Protocol, $"{Path.Address} does not speak as agreed: {e.Message}.", e);
        }
    }

    /// <inheritdoc/>
    public void Break() => Break($"The connection to {Path.Address} was closed here.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _pipe.Output.CompleteAsync().ConfigureAwait(false);
            await _pipe.Input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            // It is gone already.
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Break(string why)
    {
        if (Interlocked.CompareExchange(ref _broken, why, null) is null)
        {
            _pipe.Input.CancelPendingRead();
            _pipe.Output.CancelPendingFlush();
        }
    }

    private void ThrowIfBroken()
    {
        if (Volatile.Read(ref _broken) is { } why)
        {
            throw new LinkException(LinkFailure.Closed, why);
        }
    }

    private LinkException BrokeOff(Exception e) =>
        new(LinkFailure.Closed, Volatile.Read(ref _broken) ?? $"The connection to {Path.Address} broke off: {e.Message}", e);

    // Under _writing.
    private async ValueTask WriteAsync(Opcode opcode, FrameFlags flags, ReadOnlyMemory<byte> payload)
    {
        do
        {
            ThrowIfBroken();
            int length = Math.Min(payload.Length, FrameBytesMax);
            bool more = length < payload.Length;
            var header = new FrameHeader((uint)length, opcode, more ? flags | FrameFlags.More : flags, 0);
            header.Write(_pipe.Output.GetSpan(FrameHeader.Size));
            _pipe.Output.Advance(FrameHeader.Size);
            _pipe.Output.Write(payload.Span[..length]);
            payload = payload[length..];
            _unflushed += FrameHeader.Size + length;
            Path.Sent(FrameHeader.Size + length);
            if (_unflushed >= FrameBytesMax)
            {
                await FlushWrittenAsync().ConfigureAwait(false);
            }
        } while (payload.Length > 0);
    }

    // Under _writing.
    private async ValueTask FlushWrittenAsync()
    {
        ThrowIfBroken();
        if (_unflushed == 0)
        {
            return;
        }

        try
        {
            Volatile.Write(ref _saidAtMs, Environment.TickCount64);
            _unflushed = 0;
            FlushResult flushed = await _pipe.Output.FlushAsync().ConfigureAwait(false);
            ThrowIfBroken();
            if (flushed.IsCompleted)
            {
                throw new LinkException(LinkFailure.Closed, $"{Path.Address} closed the connection.");
            }
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            throw BrokeOff(e);
        }
    }

    // The first message that is whole, or null.
    private PeerMessage? Take(in ReadOnlySequence<byte> bytes, out SequencePosition consumed)
    {
        ReadOnlySequence<byte> rest = bytes;
        Span<byte> headerBytes = stackalloc byte[FrameHeader.Size];
        PeerMessage? message = null;
        while (message is null && rest.Length >= FrameHeader.Size)
        {
            rest.Slice(0, FrameHeader.Size).CopyTo(headerBytes);
            FrameHeader header = FrameHeader.Read(headerBytes);
            Check(header);
            if (rest.Length - FrameHeader.Size < header.Length)
            {
                break;
            }

            ReadOnlySequence<byte> payload = rest.Slice(FrameHeader.Size, header.Length);
            rest = rest.Slice(payload.End);
            Path.Received(FrameHeader.Size + header.Length);
            message = Take(header, payload);
        }

        consumed = rest.Start;
        return message;
    }

    private void Check(in FrameHeader header)
    {
        if (header.Length > FrameBytesMax)
        {
            throw new InvalidDataException($"a frame of {header.Length} bytes is over {FrameBytesMax}, the most that nodes send each other");
        }

        if (header.Opcode == Opcode.Error)
        {
            return;
        }

        if ((header.Flags & ~(FrameFlags.More | FrameFlags.Packed)) != 0 || header.Correlation != 0)
        {
            throw new InvalidDataException($"a frame has flags 0x{(byte)header.Flags:x2} and correlation id {header.Correlation}");
        }

        if (_midway && (header.Opcode != _first.Opcode || (header.Flags & FrameFlags.Packed) != (_first.Flags & FrameFlags.Packed)))
        {
            throw new InvalidDataException($"a frame 0x{(byte)header.Opcode:x2} stands amid a message 0x{(byte)_first.Opcode:x2}");
        }
    }

    private PeerMessage? Take(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (header.Opcode == Opcode.Error)
        {
            (_, string why) = ErrorRecord.Read(payload.ToArray());
            throw Closed(why);
        }

        if (header.Opcode == Opcode.Ping && header.Length == 0 && !_midway)
        {
            return null;
        }

        _first = _midway ? _first : header;
        _midway = header.Flags.HasFlag(FrameFlags.More);
        if (_incoming.WrittenCount + payload.Length > MessageBytesMax)
        {
            throw new InvalidDataException($"a message is over {MessageBytesMax} bytes");
        }

        foreach (ReadOnlyMemory<byte> segment in payload)
        {
            _incoming.Write(segment.Span);
        }

        if (_midway)
        {
            return null;
        }

        PeerMessage? message = Read(header, _incoming.WrittenSpan);
        _incoming.ResetWrittenCount();
        _incoming = _incoming.Capacity > KeptBytesMax ? new ArrayBufferWriter<byte>(1_024) : _incoming;
        return message ?? throw new InvalidDataException($"a message 0x{(byte)header.Opcode:x2} is none");
    }

    private PeerMessage? Read(in FrameHeader header, ReadOnlySpan<byte> payload) =>
        header.Flags.HasFlag(FrameFlags.Packed)
            ? PeerMessageRecord.Read(header.Opcode, Chunk.Unpack(payload, _packing, MessageBytesMax), _services, Path.Leave)
            : PeerMessageRecord.Read(header.Opcode, payload, _services, Path.Leave);

    private LinkException Closed(string why)
    {
        Break(why);
        return new LinkException(LinkFailure.Closed, why);
    }

    private void Look()
    {
        long now = Environment.TickCount64;
        double silenceMs = _options.PeerSilenceTimeout.TotalMilliseconds;
        if (now - Volatile.Read(ref _heardAtMs) > silenceMs)
        {
            Break($"{Path.Address} sent nothing for {_options.PeerSilenceTimeout.TotalSeconds:0.#} s (WireOptions.PeerSilenceTimeout).");
        }
        else if (now - Volatile.Read(ref _saidAtMs) > silenceMs / 3 && _writing.Wait(0))
        {
            _ = PingAsync();
        }
    }

    // Whoever calls holds _writing. What goes wrong is told by the next call.
    private async Task PingAsync()
    {
        try
        {
            await WriteAsync(Opcode.Ping, FrameFlags.None, default).ConfigureAwait(false);
            await FlushWrittenAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Break(e.Message);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask SayLastAsync(WireErrorCode code, string problem)
    {
        if (!await _writing.WaitAsync(s_lastWord).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(s_lastWord);
            ErrorRecord.Write(_pipe.Output, code, problem);
            await _pipe.Output.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            // It is gone, or takes nothing.
        }
        finally
        {
            _writing.Release();
        }
    }
}
