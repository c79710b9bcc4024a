namespace Rollcall.Testing;

/// <summary>Time moved by hand, timers included: a delay, a limit or a periodic timer ends when <see cref="Pass"/> comes to it.</summary>
/// <remarks>
/// Owner: any thread may set timers and read; one moves time. Timers fire in order of their due time, on the thread that moves it,
/// each at its own time.
/// </remarks>
public sealed class HandTime : TimeProvider
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<HandTimer> _pending = []; // guarded by _gate
    private TaskCompletionSource _set = NewSignal(); // guarded by _gate
    private long _passed; // ticks since the start; written under _gate

    /// <summary>What the wall clock shows at first: fixed, so that a failing run repeats.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

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
    // Not zero at first: code that takes a timestamp of 0 for "never" must not get away with it.
    public override long GetTimestamp() => TimeSpan.TicksPerHour + Interlocked.Read(ref _passed);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(Interlocked.Read(ref _passed));

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
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        long end = GetTimestamp() + span.Ticks;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        MoveTo(end);
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

            MoveTo(next.DueAt);
            _pending.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                next.DueAt += next.Period.Ticks;
                _pending.Add(next);
            }

            return next;
        }
    }

    private void MoveTo(long timestamp) => Interlocked.Add(ref _passed, Math.Max(0, timestamp - GetTimestamp()));

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

    private sealed class HandTimer(HandTime owner, TimerCallback callback, object? state) : ITimer
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
