using System.Diagnostics;

namespace Rollcall.Bench.Fleet;

/// <summary>Load that comes on a schedule, whether the one before is done or not.</summary>
/// <remarks>A wait is counted from the intended start to the end, so that a stall is seen by all who came during it.</remarks>
internal static class OpenLoop
{
    /// <summary>Calls <paramref name="operation"/> with 0, 1, 2, … at a steady rate until <paramref name="until"/> says so.</summary>
    /// <returns>The wait of each.</returns>
    public static Waits Run(int perSecond, Action<int> operation, Func<bool> until)
    {
        double gap = (double)Stopwatch.Frequency / perSecond;
        var waits = new List<double>(perSecond * 4);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; !until(); i++)
        {
            long intended = start + (long)(i * gap);
            while (Stopwatch.GetTimestamp() < intended)
            {
                Pause(intended);
            }

            operation(i);
            waits.Add(Stopwatch.GetElapsedTime(intended).TotalMilliseconds);
        }

        return new Waits(waits, Stopwatch.GetElapsedTime(start), perSecond);
    }

    // Sleeping wakes up to a tenth of a millisecond late: only for those who have the time.
    private static void Pause(long until)
    {
        if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until) > TimeSpan.FromMilliseconds(2))
        {
            Thread.Sleep(1);
        }
        else
        {
            Thread.SpinWait(1);
        }
    }
}

/// <summary>How long each operation of an open loop took from its intended start, in milliseconds.</summary>
internal sealed class Waits
{
    private readonly double[] _sorted;

    public Waits(IEnumerable<double> waits, TimeSpan lasted, int offered)
    {
        _sorted = [.. waits.Order()];
        Offered = offered;
        Achieved = _sorted.Length / lasted.TotalSeconds;
    }

    /// <summary>Operations per second on the schedule.</summary>
    public int Offered { get; }

    /// <summary>Operations per second done.</summary>
    public double Achieved { get; }

    public double Max => _sorted[^1];

    /// <summary>The wait that <paramref name="share"/> of the operations did not exceed.</summary>
    public double Percentile(double share) => _sorted[(int)Math.Ceiling(share * _sorted.Length) - 1];
}
