namespace Rollcall.Testing.Support;

/// <summary>
/// Lease time, told plainly: it runs with the clock, but a gap between two advances counts at most as the stall gap.
/// </summary>
public sealed class NaiveLeaseClock(TimeSpan stallGap, TimeSpan start)
{
    private TimeSpan _advancedAt = start;
    private TimeSpan _leaseTime;

    /// <summary>Lease time at a moment since the last advance.</summary>
    public TimeSpan At(TimeSpan now)
    {
        TimeSpan gap = now - _advancedAt;
        return _leaseTime + (gap < stallGap ? gap : stallGap);
    }

    /// <summary>The registry is advanced.</summary>
    public void Advance(TimeSpan now)
    {
        _leaseTime = At(now);
        _advancedAt = now;
    }
}
