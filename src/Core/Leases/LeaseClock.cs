using Rollcall.Core.Model;

namespace Rollcall.Core.Leases;

/// <summary>Lease time: the registry's clock without the stretches in which nobody could have renewed.</summary>
/// <remarks>
/// <para>
/// I1: lease time grows by min(gap, <see cref="RegistryOptions.StallGap"/>) from one <see cref="Advance"/> to the next. A process
/// that stood still (paused, suspended, starved) thus takes no time away from leases. It never runs ahead, so no lease ends early.
/// </para>
/// <para>
/// I2: between two advances lease time is the last one plus the time since, at most the gap. A renewal during a stall counts from
/// there, and what it promises holds when time goes on.
/// </para>
/// <para>Owner: <see cref="RegistryService.Advance"/> writes, one at a time; anyone reads (a sequence lock: readers retry).</para>
/// </remarks>
internal sealed class LeaseClock(RegistryOptions options)
{
    private readonly long _tick = options.WheelTick.Ticks;
    private readonly long _stallGap = options.StallGap.Ticks;

    // 2^64 / tick, rounded down: a multiplication tells the tick of a time, or the one before, where a division takes 10 ns.
    private readonly ulong _ticksPer64Bits = ulong.MaxValue / (ulong)options.WheelTick.Ticks;

    private int _sequence; // odd while being written
    private long _advancedAt;
    private long _skipped;
    private long _stallEnd = long.MinValue / 2; // of the last gap that was not counted whole
    private long _stallLength; // what was not counted of it
    private long _stallBefore = long.MinValue / 2; // end of the one before

    /// <summary>Goes to <paramref name="now"/>; returns the part of the gap that is not counted.</summary>
    public TimeSpan Advance(MonotonicTime now)
    {
        long stalled = Math.Max(0, now.Ticks - _advancedAt - _stallGap);
        Interlocked.Increment(ref _sequence);
        _skipped += stalled;
        if (stalled > 0)
        {
            (_stallBefore, _stallEnd, _stallLength) = (_stallEnd, now.Ticks, stalled);
        }

        _advancedAt = Math.Max(_advancedAt, now.Ticks);
        Interlocked.Increment(ref _sequence);
        return new TimeSpan(stalled);
    }

    /// <summary>When a tick was that has passed; null if that is not known, because of more than one stall since.</summary>
    public MonotonicTime? MomentOf(long tick, MonotonicTime now)
    {
        long time = TimeOf(tick).Ticks;
        long before = time - Volatile.Read(ref _stallLength);
        return now.Ticks - Volatile.Read(ref _advancedAt) > _stallGap ? null
            : time >= Volatile.Read(ref _stallEnd) ? new MonotonicTime(time)
            : before >= Volatile.Read(ref _stallBefore) ? new MonotonicTime(before)
            : null;
    }

    /// <summary>Last tick that is over at <paramref name="now"/>.</summary>
    public long TickAt(MonotonicTime now) => WholeTicks(Time(now));

    /// <summary>How long until the next tick is over, at most a tick: while time stands still nobody knows.</summary>
    public TimeSpan UntilNextTick(MonotonicTime now) => new(_tick - (Time(now) % _tick));

    /// <summary>First tick at or after <paramref name="ticks"/> ticks from <paramref name="now"/>: rounded up, never early.</summary>
    public long DeadlineTick(MonotonicTime now, int ticks) => WholeTicks(Time(now) + _tick - 1) + ticks;

    /// <summary>The moment of a tick, if nothing stalls from here on.</summary>
    public MonotonicTime TimeOf(long tick) => new((tick * _tick) + Volatile.Read(ref _skipped));

    /// <summary>Whole ticks that cover <paramref name="span"/>.</summary>
    public int Ticks(TimeSpan span) => (int)((span.Ticks + _tick - 1) / _tick);

    private long WholeTicks(long time)
    {
        long ticks = (long)Math.BigMul((ulong)time, _ticksPer64Bits, out _);
        return (ticks + 1) * _tick <= time ? ticks + 1 : ticks;
    }

    private long Time(MonotonicTime now)
    {
        var spin = default(SpinWait);
        while (true)
        {
            int before = Volatile.Read(ref _sequence);
            long advancedAt = Volatile.Read(ref _advancedAt);
            long skipped = Volatile.Read(ref _skipped);
            if ((before & 1) == 0 && before == Volatile.Read(ref _sequence))
            {
                return Math.Min(now.Ticks, advancedAt + _stallGap) - skipped;
            }

            spin.SpinOnce();
        }
    }
}
