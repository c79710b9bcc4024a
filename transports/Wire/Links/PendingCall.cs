using System.Buffers;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Links;

/// <summary>A request under way, and the task of who waits for its answer. Pooled: a call costs nothing to be garbage.</summary>
/// <remarks>
/// <para>
/// Who waits goes on in the thread pool, never on the thread that reads the lane. An answer of several frames, a snapshot, is read there
/// as well.
/// </para>
/// <para>I1: whoever moves <see cref="_state"/> from under way ends the call, and only then is the caller's memory written. It goes back to the pool
/// when its answer was taken and its lane has forgotten it; no other does, because its answer or its failure may still come.</para>
/// </remarks>
internal sealed class PendingCall<TRequest, TAnswer> : Call, IValueTaskSource<TAnswer>, IThreadPoolWorkItem
{
    private const int UnderWay = 0;
    private const int Answered = 1;
    private const int Abandoned = 2; // by who waited
    private const int Failed = 3; // with the lane

    private static readonly ObjectPool<PendingCall<TRequest, TAnswer>> s_pool = new DefaultObjectPool<PendingCall<TRequest, TAnswer>>(
        new DefaultPooledObjectPolicy<PendingCall<TRequest, TAnswer>>(),
        maximumRetained: 4_096
    );

    private ManualResetValueTaskSourceCore<TAnswer> _core;
    private Operation<TRequest, TAnswer>? _operation;
    private ClientLane? _lane;
    private TRequest _request = default!;
    private TAnswer _answer = default!;
    private Exception? _problem;
    private ArrayBufferWriter<byte>? _message; // of several frames
    private FrameFlags _messageFlags;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private int _state;
    private bool _mayBePooled;

    /// <summary>A call that is about to be sent.</summary>
    public static PendingCall<TRequest, TAnswer> Of(Operation<TRequest, TAnswer> operation, in TRequest request, ClientLane lane)
    {
        PendingCall<TRequest, TAnswer> call = s_pool.Get();
        call._operation = operation;
        call._request = request;
        call._lane = lane;
        return call;
    }

    /// <summary>The answer, or the end of <paramref name="cancellation"/>. Once, when the call is sent.</summary>
    public ValueTask<TAnswer> WaitAsync(CancellationToken cancellation)
    {
        var task = new ValueTask<TAnswer>(this, _core.Version);
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation;
            _registration = cancellation.UnsafeRegister(static call => ((PendingCall<TRequest, TAnswer>)call!).Abandon(), this);
        }

        return task;
    }

    /// <summary>Gives back a call that was not sent.</summary>
    public void Discard() => Return();

    /// <inheritdoc/>
    public override bool Take(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        bool more = (header.Flags & FrameFlags.More) != 0;
        if (Volatile.Read(ref _state) == Abandoned)
        {
            return !more;
        }

        if (header.Opcode == Opcode.Error)
        {
            if (TryClaim(Answered))
            {
                _problem = ProblemOf(payload);
            }

            return true;
        }

        if (header.Opcode != _operation!.Opcode)
        {
            _lane!.Break($"operation 0x{(byte)_operation.Opcode:x2} was answered by 0x{(byte)header.Opcode:x2}");
            return true;
        }

        if (more || _message is not null)
        {
            _message ??= new ArrayBufferWriter<byte>(payload.Length * 4);
            _messageFlags = header.Flags;
            if (!_lane!.Takes(_message.WrittenCount + (long)payload.Length))
            {
                return true;
            }

            _message.Write(payload);
        }

        if (!more && TryClaim(Answered))
        {
            if (_message is null)
            {
                Read(header.Flags, payload);
            }
        }

        return !more;
    }

    /// <inheritdoc/>
    public override void End(bool isForgotten)
    {
        if (Volatile.Read(ref _state) == Answered)
        {
            _mayBePooled = isForgotten;
            Continue();
        }
    }

    /// <inheritdoc/>
    public override void Fail(LinkException reason)
    {
        if (TryClaim(Failed))
        {
            _problem = reason;
            Continue();
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        if (_message is { } message && _problem is null)
        {
            _message = null;
            Read(_messageFlags, message.WrittenSpan);
        }

        if (_problem is { } problem)
        {
            _core.SetException(problem);
        }
        else
        {
            _core.SetResult(_answer);
        }
    }

    /// <inheritdoc/>
    TAnswer IValueTaskSource<TAnswer>.GetResult(short token)
    {
        _registration.Dispose(); // waits if it is running: then it must not meet the next call
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (_mayBePooled)
            {
                Return();
            }
        }
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<TAnswer>.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<TAnswer>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _core.OnCompleted(continuation, state, token, flags);

    private void Read(FrameFlags flags, ReadOnlySpan<byte> payload)
    {
        try
        {
            byte[]? plain = (flags & FrameFlags.Packed) == 0 ? null : _lane!.Unpack(payload);
            var reader = new PayloadReader(plain ?? payload);
            _answer = _operation!.Read(ref reader, _request, _lane!);
            if (!reader.AtEnd)
            {
                _problem = _lane!.Break($"the answer to operation 0x{(byte)_operation.Opcode:x2} cannot be read");
            }
        }
        catch (InvalidDataException e)
        {
            _problem = _lane!.Break(e.Message);
        }
    }

    private LinkException? ProblemOf(ReadOnlySpan<byte> payload)
    {
        (WireErrorCode code, string message) = ErrorRecord.Read(payload);
        if (WireErrorMap.Refusal(code) is { } refusal && _operation!.Refused is { } refused)
        {
            _answer = refused(new RegistryError(refusal, message));
            return null;
        }

        return new LinkException(WireErrorMap.Failure(code), message);
    }

    private void Abandon()
    {
        if (TryClaim(Abandoned))
        {
            _problem = new OperationCanceledException(_cancellation);
            Continue();
        }
    }

    private bool TryClaim(int state) => Interlocked.CompareExchange(ref _state, state, UnderWay) == UnderWay;

    private void Continue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private void Return()
    {
        _core.Reset();
        _operation = null;
        _lane = null;
        _request = default!;
        _answer = default!;
        _problem = null;
        _message = null;
        _cancellation = default;
        _registration = default;
        _mayBePooled = false;
        _state = UnderWay;
        s_pool.Return(this);
    }
}
