using System.Threading.Tasks.Sources;

namespace Rollcall.Transports.HttpServer.Watching;

/// <summary>One waiter that sleeps until it is woken or a time has passed, again and again. 0 bytes a sleep.</summary>
/// <remarks>
/// <para>Owner: one waiter; anyone wakes. A wake-up that finds nobody asleep is lost: the waiter looks again after it has lain down.</para>
/// <para>A wake-up may come for no reason; the waiter looks at the clock itself.</para>
/// </remarks>
internal sealed class WakeUp : IValueTaskSource, IDisposable
{
    private const int Awake = 0;
    private const int Asleep = 1;

    private readonly Timer _timer;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public WakeUp() => _timer = new Timer(static self => ((WakeUp)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Sleeps, unless <paramref name="isNews"/> says, asked once the waiter can be woken, that there is no need to.</summary>
    public ValueTask SleepAsync<TState>(TimeSpan atMost, TState state, Func<TState, bool> isNews)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return default;
        }

        _core.Reset();
        short token = _core.Version;
        Interlocked.Exchange(ref _state, Asleep);
        if (isNews(state))
        {
            Wake();
        }
        else
        {
            _timer.Change(atMost, Timeout.InfiniteTimeSpan);
        }

        return new ValueTask(this, token);
    }

    public void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Awake, Asleep) == Asleep)
        {
            _core.SetResult(true);
        }
    }

    public void Dispose() => _timer.Dispose();

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
