using System.Threading.Tasks.Sources;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>Why a session's loop goes on.</summary>
[Flags]
internal enum WakeReasons
{
    None = 0,

    /// <summary>The read under way has ended.</summary>
    Input = 1,

    /// <summary>A watch may have something to send.</summary>
    Push = 2,

    /// <summary>The session is to end.</summary>
    End = 4,
}

/// <summary>What a session's loop waits for: input, something to push, or its end, whichever comes first.</summary>
/// <remarks>
/// <para>Owner: one loop waits; any thread raises. 0 bytes.</para>
/// <para>
/// Whoever raises runs the loop, on its own thread, until the loop waits again: so a change goes from the pump to the socket without
/// another thread in between.
/// </para>
/// </remarks>
internal sealed class Wakeup : IValueTaskSource<WakeReasons>
{
    private const int Waiting = 1 << 8;

    private ManualResetValueTaskSourceCore<WakeReasons> _core;
    private int _state; // reasons not yet taken, and Waiting

    /// <summary>Says a reason; runs the loop if it waits.</summary>
    public void Raise(WakeReasons reason)
    {
        int seen = Volatile.Read(ref _state);
        while (true)
        {
            bool wakes = (seen & Waiting) != 0;
            if (!wakes && (seen & (int)reason) == (int)reason)
            {
                return;
            }

            int before = Interlocked.CompareExchange(ref _state, wakes ? 0 : seen | (int)reason, seen);
            if (before == seen)
            {
                if (wakes)
                {
                    _core.SetResult(reason);
                }

                return;
            }

            seen = before;
        }
    }

    /// <summary>The reasons raised since the last call; waits for one if there is none.</summary>
    public ValueTask<WakeReasons> WaitAsync()
    {
        int reasons = Interlocked.Exchange(ref _state, 0);
        if (reasons != 0)
        {
            return new ValueTask<WakeReasons>((WakeReasons)reasons);
        }

        _core.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, 0) == 0
            ? new ValueTask<WakeReasons>(this, _core.Version)
            : new ValueTask<WakeReasons>((WakeReasons)Interlocked.Exchange(ref _state, 0));
    }

    /// <inheritdoc/>
    WakeReasons IValueTaskSource<WakeReasons>.GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<WakeReasons>.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<WakeReasons>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _core.OnCompleted(continuation, state, token, flags);
}
