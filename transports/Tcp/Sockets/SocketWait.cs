using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>One direction of a socket: an operation at a time, and somebody who waits for it.</summary>
/// <remarks>
/// <para>
/// Owner: one caller at a time waits. <see cref="Cancel"/> may come from any thread. Whoever waits goes on where the operation ended,
/// on the thread that the socket engine hands it to: there is no further hop.
/// </para>
/// <para>Cost: 0 bytes. One system call if the operation can end at once; else a second one when the socket is ready.</para>
/// <para>
/// Shape: a socket cannot take back an operation it has begun. So cancelling ends the waiting, not the operation: it goes on without
/// anybody, and the next wait takes it over.
/// </para>
/// </remarks>
internal abstract class SocketWait<TResult> : SocketAsyncEventArgs, IValueTaskSource<TResult>
{
    // Who moves it: None -> Waited by the caller; Waited -> None by whoever ends the waiting with the operation; Waited -> Deserted by
    // a cancellation; Deserted -> Waited by the caller, -> Over by the operation; Over -> None by the caller.
    private const int None = 0;
    private const int Waited = 1;
    private const int Deserted = 2;
    private const int Over = 3;

    private ManualResetValueTaskSourceCore<TResult> _source;
    private CancellationTokenRegistration _registration;
    private int _state;
    private int _cancelled; // 1: the wait that is next ends at once

    protected SocketWait()
        : base(true) { } // without the execution context: nothing here looks at one

    /// <summary>False while the socket holds the buffer, or what it brought is not taken.</summary>
    protected bool IsIdle => Volatile.Read(ref _state) == None;

    /// <summary>Makes ready for the operation; a cancellation cannot come in between.</summary>
    protected abstract void Prepare();

    /// <summary>Begins the operation; false if it ended at once.</summary>
    protected abstract bool Begin();

    /// <summary>Takes what the operation brought.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    protected abstract TResult End();

    /// <summary>What a wait gets that was cancelled.</summary>
    protected abstract TResult Cancelled();

    /// <summary>Ends the wait under way, or else the next one.</summary>
    public void Cancel()
    {
        Interlocked.Exchange(ref _cancelled, 1);
        if (Desert())
        {
            Volatile.Write(ref _cancelled, 0);
            _source.SetResult(Cancelled());
        }
    }

    /// <summary>True if a cancellation stands against the wait that would begin now; it is used up.</summary>
    protected bool TakeCancel() => Interlocked.Exchange(ref _cancelled, 0) != 0;

    /// <summary>Begins an operation, or joins the one that was left alone, and waits for its end.</summary>
    protected ValueTask<TResult> WaitAsync(CancellationToken cancellation)
    {
        _source.Reset();
        _source.RunContinuationsAsynchronously = false;
        if (_state == None)
        {
            Prepare();
            Interlocked.Exchange(ref _state, Waited); // The operation may end on another thread before Begin returns.
            if (!Begin())
            {
                if (Interlocked.CompareExchange(ref _state, None, Waited) == Waited)
                {
                    return EndNow();
                }

                Volatile.Write(ref _state, Over); // Cancelled meanwhile.
                return new ValueTask<TResult>(this, _source.Version);
            }
        }
        else if (Interlocked.CompareExchange(ref _state, Waited, Deserted) == Over)
        {
            _state = None;
            return EndNow();
        }

        // It may have come before there was a wait to end.
        if (Volatile.Read(ref _cancelled) != 0 && Desert())
        {
            Volatile.Write(ref _cancelled, 0);
            _source.SetResult(Cancelled());
        }
        else if (cancellation.CanBeCanceled)
        {
            // Undone in GetResult, which whoever waits can call only after this has returned.
            _registration = cancellation.UnsafeRegister(
                static (wait, token) => ((SocketWait<TResult>)wait!).Throw(new OperationCanceledException(token)),
                this
            );
        }

        return new ValueTask<TResult>(this, _source.Version);
    }

    /// <inheritdoc/>
    protected sealed override void OnCompleted(SocketAsyncEventArgs e)
    {
        while (true)
        {
            if (Interlocked.CompareExchange(ref _state, None, Waited) == Waited)
            {
                Announce();
                return;
            }

            if (Interlocked.CompareExchange(ref _state, Over, Deserted) == Deserted)
            {
                return;
            }
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    private void Announce()
    {
        TResult result;
        try
        {
            result = End();
        }
        catch (IOException e)
        {
            _source.SetException(e);
            return;
        }

        _source.SetResult(result);
    }

    private ValueTask<TResult> EndNow()
    {
        try
        {
            return new ValueTask<TResult>(End());
        }
        catch (IOException e)
        {
            return ValueTask.FromException<TResult>(e);
        }
    }

    private void Throw(Exception exception)
    {
        if (Desert())
        {
            _source.SetException(exception);
        }
    }

    /// <summary>Takes the wait from the operation. Who cancels is not made to run what comes after the wait.</summary>
    private bool Desert()
    {
        if (Interlocked.CompareExchange(ref _state, Deserted, Waited) != Waited)
        {
            return false;
        }

        _source.RunContinuationsAsynchronously = true;
        return true;
    }
}
