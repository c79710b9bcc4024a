namespace Rollcall.Core;

/// <summary>How long to wait after failures in a row: the same for whoever tries again.</summary>
public static class RetryPause
{
    /// <summary>Twice as long after each failure, up to a longest.</summary>
    /// <param name="failures">Before the one that has just happened.</param>
    /// <param name="first">The pause after the first.</param>
    /// <param name="longest">No pause is longer.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        double ticks = Math.ScaleB(first.Ticks, failures); // a double: it may be beyond what a duration holds
        return ticks < longest.Ticks ? new TimeSpan((long)ticks) : longest;
    }

    /// <summary>Between half of a pause and all of it: those that were cut off together come back spread out, and nobody at once.</summary>
    /// <param name="pause">The pause.</param>
    /// <param name="chance">0 to 1, drawn anew each time.</param>
    public static TimeSpan Spread(this TimeSpan pause, double chance) => pause * (0.5 + (0.5 * chance));
}
