using System.Diagnostics;

namespace Rollcall.Bench.Pairing;

/// <summary>Two arms in one process, turn by turn: what the machine does to one it does to the other.</summary>
/// <remarks>
/// <para>
/// An absolute time on a shared machine says little; the ratio of two passes that ran one after the other says much. The ratio of a
/// run is the median of those of its turns; lowest and highest are the spread.
/// </para>
/// <para>Time is that of the thread on a processor (<see cref="ThreadClock"/>).</para>
/// <para>Each pass, the warm-up included, must return what it should: a wrong arm is an exception, not a fast one.</para>
/// </remarks>
internal static class PairedRun
{
    /// <summary>Turns of a run that is written down.</summary>
    public const int Turns = 7;

    private const int WarmUpPassesMin = 3;

    // Compiling in full waits for 100 ms without new methods, twice.
    private static readonly TimeSpan s_warmUpMin = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures <paramref name="subject"/> against <paramref name="control"/>.</summary>
    /// <exception cref="InvalidOperationException">An arm returned a wrong result.</exception>
    public static PairedResult Measure(Arm subject, Arm control, int turns = Turns)
    {
        WarmUp(subject);
        WarmUp(control);
        GC.Collect();
        var subjects = new Pass[turns];
        var controls = new Pass[turns];
        for (int turn = 0; turn < turns; turn++)
        {
            subjects[turn] = Run(subject);
            controls[turn] = Run(control);
        }

        return new PairedResult(subject, control, subjects, controls);
    }

    /// <summary>Does one pass of <paramref name="arm"/>.</summary>
    /// <exception cref="InvalidOperationException">It returned a wrong result.</exception>
    public static void Check(Arm arm) => Run(arm);

    private static void WarmUp(Arm arm)
    {
        var watch = Stopwatch.StartNew();
        for (int pass = 0; pass < WarmUpPassesMin || watch.Elapsed < s_warmUpMin; pass++)
        {
            Run(arm);
        }
    }

    private static Pass Run(Arm arm)
    {
        arm.Prepare();
        long sum = 0;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = ThreadClock.Nanoseconds;
        for (int from = 0; from < arm.Operations; from += arm.ChunkSize)
        {
            sum += arm.Work(from, Math.Min(from + arm.ChunkSize, arm.Operations));
        }

        double elapsed = ThreadClock.Nanoseconds - start;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return sum == arm.Expected
            ? new Pass(elapsed / arm.Operations, (double)bytes / arm.Operations)
            : throw new InvalidOperationException($"{arm.Name}: a pass returned {sum} where {arm.Expected} is right");
    }
}

/// <summary>One pass of one arm, per operation.</summary>
internal readonly record struct Pass(double Nanoseconds, double Bytes);
