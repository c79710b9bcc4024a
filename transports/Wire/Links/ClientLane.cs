using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Links;

/// <summary>One lane to a node: calls go out as they come, answers find their calls by correlation id.</summary>
/// <remarks>
/// <para>
/// Requests are put behind one another; whoever finds nobody sending sends, and then whatever came meanwhile, so that callers at the
/// same time share a flush. Where many calls are under way the sending goes behind the callers that are about to go on: a send over TCP
/// ends at once, so without that each would send alone (64 callers: 82,000 round trips a second, so 348,000; row 20).
/// </para>
/// <para>Threads: any calls; one loop reads.</para>
/// <para>Errors: what is not the protocol breaks the lane, and with it the link.</para>
/// </remarks>
internal sealed class ClientLane : IThreadPoolWorkItem
{
    // A hop through the pool costs less than the sends that it saves once a handful of callers share it; a caller alone never pays it.
    private const int CallsToGather = 8;

    /// <summary>Who sends what has just been put behind the other requests.</summary>
    private enum Turn
    {
        /// <summary>Whoever is sending already.</summary>
        Others,

        /// <summary>The caller.</summary>
        Now,

        /// <summary>The pool, behind the callers that are about to go on.</summary>
        Soon,
    }

    private readonly Lock _gate = new();
    private readonly IDuplexPipe _pipe;
    private readonly string _address;
    private readonly WireLinkOptions _options;
    private readonly Action<LinkException> _onBroken;
    private readonly CallTable _calls = new(); // guarded by _gate
    private readonly TaskCompletionSource _sendingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FrameBuffer _requests = new(); // guarded by _gate
    private FrameBuffer _outgoing = new(); // owned by who sends
    private bool _isSending; // guarded by _gate
    private LinkException? _broken; // written once, under _gate
    private Task _reading = Task.CompletedTask;
    private long _heardAtMs = Environment.TickCount64;

    public ClientLane(IDuplexPipe pipe, string address, WireLinkOptions options, ServiceNames services, Action<LinkException> onBroken)
    {
        _pipe = pipe;
        _address = address;
        _options = options;
        _onBroken = onBroken;
        Services = services;
    }

    /// <summary>The services that came over the link.</summary>
    public ServiceNames Services { get; }

    /// <summary>What the node said to the hello.</summary>
    public HelloAnswer Node { get; private set; }

    /// <summary>Boot epoch of the node.</summary>
    public ulong Epoch => Node.Epoch;

    /// <summary>Milliseconds since the node sent something.</summary>
    public long SilentMs => Environment.TickCount64 - Volatile.Read(ref _heardAtMs);

    /// <summary>Says hello; then the lane may be used.</summary>
    public async ValueTask GreetAsync(HelloRequest hello, CancellationToken cancellation)
    {
        _reading = ReadAllAsync();
        HelloAnswer answer = await CallAsync(Requests.Hello, hello, cancellation).ConfigureAwait(false);
        if (answer.Major != WireVersion.Major)
        {
            throw Break($"it speaks version {answer.Major} of the protocol");
        }

        Node = answer;
    }

    /// <summary>Sends a request; ends with its answer.</summary>
    public ValueTask<TAnswer> CallAsync<TRequest, TAnswer>(
        Operation<TRequest, TAnswer> operation,
        in TRequest request,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var call = PendingCall<TRequest, TAnswer>.Of(operation, request, this);
        try
        {
            Begin(operation.Opcode, call, operation.Write, request);
        }
        catch
        {
            call.Discard();
            throw;
        }

        return call.WaitAsync(cancellation);
    }

    /// <summary>Sends the first frame of a call.</summary>
    /// <exception cref="LinkException">The lane is broken, or the request is over a limit of the node: it was not sent.</exception>
    /// <returns>Its correlation id.</returns>
    public uint Begin<TRequest>(Opcode opcode, Call call, RequestWriter<TRequest> write, in TRequest request)
    {
        uint correlation;
        Turn turn;
        lock (_gate)
        {
            if (_broken is { } broken)
            {
                throw ClosedBy(broken);
            }

            correlation = _calls.Add(call);
            try
            {
                Write(opcode, correlation, write, request);
            }
            catch
            {
                _calls.Remove(correlation);
                throw;
            }

            turn = TakeTurn();
        }

        Take(turn);
        return correlation;
    }

    /// <summary>Sends a frame that belongs to a call under way; nothing if the lane is broken.</summary>
    public void Follow<TRequest>(Opcode opcode, uint correlation, RequestWriter<TRequest> write, in TRequest request)
    {
        Turn turn = Turn.Others;
        lock (_gate)
        {
            if (_broken is null)
            {
                Write(opcode, correlation, write, request);
                turn = TakeTurn();
            }
        }

        Take(turn);
    }

    /// <summary>True if a message may have so many bytes; if not, the lane is broken.</summary>
    public bool Takes(long messageBytes)
    {
        bool takes = messageBytes <= _options.MessageBytesMax;
        if (!takes)
        {
            Break($"a message is over {_options.MessageBytesMax} bytes (WireLinkOptions.MessageBytesMax)");
        }

        return takes;
    }

    /// <summary>The bytes that were packed into a message.</summary>
    /// <exception cref="InvalidDataException">They are not what they say.</exception>
    public byte[] Unpack(ReadOnlySpan<byte> packed) => Chunk.Unpack(packed, Node.Packing, _options.MessageBytesMax);

    /// <summary>The node does not keep to the protocol.</summary>
    public LinkException Break(string problem) => Break(LinkFailure.Protocol, $"{_address} does not speak as agreed: {problem}.");

    /// <summary>Ends the lane: all calls under way fail. Returns what they fail with.</summary>
    public LinkException Break(LinkFailure failure, string message, Exception? inner = null)
    {
        var reason = new LinkException(failure, message, inner);
        Call[] calls;
        lock (_gate)
        {
            if (_broken is { } earlier)
            {
                return ClosedBy(earlier);
            }

            _broken = reason;
            calls = _calls.TakeAll();
            if (!_isSending)
            {
                _sendingEnded.TrySetResult();
            }
        }

        _pipe.Input.CancelPendingRead();
        _pipe.Output.CancelPendingFlush();
        LinkException closed = ClosedBy(reason);
        foreach (Call call in calls)
        {
            call.Fail(closed);
        }

        _onBroken(reason);
        return closed;
    }

    /// <summary>Completes both ends; the lane is broken.</summary>
    public async ValueTask CloseAsync()
    {
        await _sendingEnded.Task.ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        try
        {
            await _pipe.Output.CompleteAsync().ConfigureAwait(false);
            await _pipe.Input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            // It is gone already.
        }
    }

    // A refusal at hello is told as it is; whoever calls later learns that the link is closed, and why.
    private static LinkException ClosedBy(LinkException reason) =>
        reason.Failure is LinkFailure.Closed or LinkFailure.NotAuthenticated or LinkFailure.Unreachable
            ? new LinkException(reason.Failure, reason.Message, reason)
            : new LinkException(LinkFailure.Closed, reason.Message, reason);

    // Under _gate.
    private void Write<TRequest>(Opcode opcode, uint correlation, RequestWriter<TRequest> write, in TRequest request)
    {
        _requests.Begin();
        try
        {
            write(_requests, request);
            if (Node.FrameBytesMax != 0 && (uint)_requests.PayloadLength > Node.FrameBytesMax)
            {
                throw new LinkException(
                    LinkFailure.LimitExceeded,
                    $"A request of {_requests.PayloadLength} bytes is over the {Node.FrameBytesMax} bytes that {_address} takes. Send less."
                );
            }
        }
        catch
        {
            _requests.Abandon();
            throw;
        }

        _requests.End(opcode, FrameFlags.None, correlation);
    }

    // Under _gate.
    private Turn TakeTurn()
    {
        if (_isSending)
        {
            return Turn.Others;
        }

        _isSending = true;
        return _calls.Count < CallsToGather ? Turn.Now : Turn.Soon;
    }

    private void Take(Turn turn)
    {
        if (turn == Turn.Now)
        {
            _ = SendAllAsync();
        }
        else if (turn == Turn.Soon)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = SendAllAsync();

    private async Task SendAllAsync()
    {
        try
        {
            while (TrySwap())
            {
                _pipe.Output.Write(_outgoing.Written);
                _outgoing.Clear();
                FlushResult flushed = await _pipe.Output.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    Break(LinkFailure.Closed, $"{_address} closed the connection.");
                }
            }
        }
        catch (Exception e)
        {
            Break(LinkFailure.Closed, $"The connection to {_address} broke off: {e.Message}", e);
            TrySwap(); // ends the turn
        }
    }

    // False: nothing to send, and the turn is over.
    private bool TrySwap()
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                _sendingEnded.TrySetResult();
                return false;
            }

            _isSending = !_requests.IsEmpty;
            (_requests, _outgoing) = (_outgoing, _requests);
            return _isSending;
        }
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (Volatile.Read(ref _broken) is null)
            {
                ReadResult read = await _pipe.Input.ReadAsync().ConfigureAwait(false);
                Volatile.Write(ref _heardAtMs, Environment.TickCount64);
                SequencePosition consumed = TakeFrames(read.Buffer);
                _pipe.Input.AdvanceTo(consumed, read.Buffer.End);
                if (read.IsCompleted)
                {
                    Break(LinkFailure.Closed, $"{_address} closed the connection.");
                }
            }
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            Break(LinkFailure.Closed, $"The connection to {_address} broke off: {e.Message}", e);
        }
        catch (Exception e)
        {
            Break(LinkFailure.Protocol, $"What {_address} sent could not be taken: this is a bug of the link. {e.Message}", e);
        }
    }

    private SequencePosition TakeFrames(ReadOnlySequence<byte> rest)
    {
        Span<byte> headerBytes = stackalloc byte[FrameHeader.Size];
        while (rest.Length >= FrameHeader.Size && Volatile.Read(ref _broken) is null)
        {
            rest.Slice(0, FrameHeader.Size).CopyTo(headerBytes);
            FrameHeader header = FrameHeader.Read(headerBytes);
            if (header.Length > (uint)_options.FrameBytesMax)
            {
                Break($"a frame of {header.Length} bytes is over {_options.FrameBytesMax} bytes (WireLinkOptions.FrameBytesMax)");
                break;
            }

            if (rest.Length - FrameHeader.Size < header.Length)
            {
                break;
            }

            ReadOnlySequence<byte> payload = rest.Slice(FrameHeader.Size, header.Length);
            if (payload.IsSingleSegment)
            {
                Take(header, payload.FirstSpan);
            }
            else
            {
                byte[] joined = ArrayPool<byte>.Shared.Rent((int)header.Length);
                payload.CopyTo(joined);
                Take(header, joined.AsSpan(0, (int)header.Length));
                ArrayPool<byte>.Shared.Return(joined);
            }

            rest = rest.Slice(payload.End);
        }

        return rest.Start;
    }

    private void Take(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if ((header.Flags & ~FrameFlags.Known) != 0 || (header.Flags & FrameFlags.Answer) == 0)
        {
            Break($"a frame has flags 0x{(byte)header.Flags:x2}");
            return;
        }

        Call? call;
        lock (_gate)
        {
            call = _calls.Find(header.Correlation);
        }

        if (call is not null)
        {
            if (call.Take(header, payload))
            {
                // First forgotten, then ended: it may serve another link at once, and may not be failed for this one then.
                call.End(Forget(header.Correlation));
            }
        }
        else if (header.Correlation != 0 || header.Opcode != Opcode.Error)
        {
            Break($"a frame answers {header.Correlation}, which was not asked");
            return;
        }

        if ((header.Flags & FrameFlags.Last) != 0)
        {
            (WireErrorCode code, string message) = ErrorRecord.Read(payload);
            Break(WireErrorMap.Failure(code), message);
        }
    }

    private bool Forget(uint correlation)
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                return false;
            }

            _calls.Remove(correlation);
            return true;
        }
    }
}
