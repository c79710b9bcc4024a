namespace Rollcall.Testing.Support;

/// <summary>Time moved by hand, timers included: a delay, a limit or a periodic timer ends when <see cref="Pass"/> comes to it.</summary>
/// <remarks>
/// Owner: any thread may set timers and read; one moves time. Timers fire in order of their due time, on the thread that moves it,
/// each at its own time.
/// </remarks>
public sealed class HandTimers : TimeProvider
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly HandClock _clock = new();
    private readonly Lock _gate = new();
    private readonly List<HandTimer> _pending = []; // guarded by _gate
    private TaskCompletionSource _set = NewSignal(); // guarded by _gate

    /// <inheritdoc/>
    public override long TimestampFrequency => _clock.TimestampFrequency;

    /// <summary>Timers that will fire if time passes.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _clock.GetTimestamp();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes; what becomes due fires.</summary>
    public void Pass(TimeSpan span)
    {
        long end = _clock.GetTimestamp() + span.Ticks;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        _clock.Pass(TimeSpan.FromTicks(end - _clock.GetTimestamp()));
    }

    /// <summary>Waits until somebody waits: until a timer is pending that is due within <paramref name="longest"/>; how far away it is.</summary>
    public async Task<TimeSpan> NextDueAsync(TimeSpan longest)
    {
        while (true)
        {
            Task set;
            lock (_gate)
            {
                TimeSpan next = _pending.Count == 0 ? TimeSpan.MaxValue : TimeSpan.FromTicks(_pending.Min(t => t.DueAt) - GetTimestamp());
                if (next <= longest)
                {
                    return next;
                }

                set = _set.Task;
            }

            try
            {
                await set.WaitAsync(s_deadline);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Nobody waits for at most {longest} of hand-moved time; {PendingCount} timers are pending.");
            }
        }
    }

    private HandTimer? TakeDue(long end)
    {
        lock (_gate)
        {
            if (_pending.MinBy(timer => timer.DueAt) is not { } next || next.DueAt > end)
            {
                return null;
            }

            _clock.Pass(TimeSpan.FromTicks(Math.Max(0, next.DueAt - _clock.GetTimestamp())));
            _pending.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.DueAt += next.Period.Ticks;
                _pending.Add(next);
            }

            return next;
        }
    }

    private void Set(HandTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _pending.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueAt = GetTimestamp() + dueTime.Ticks;
                timer.Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                _pending.Add(timer);
                _set.TrySetResult();
                _set = NewSignal();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class HandTimer(HandTimers owner, TimerCallback callback, object? state) : ITimer
    {
        public long DueAt { get; set; }

        public TimeSpan Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => owner.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
