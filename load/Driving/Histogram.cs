using System.Numerics;

namespace Rollcall.Load.Driving;

/// <summary>How often each latency occurred, from a nanosecond to an hour, each within a thousandth of its value.</summary>
/// <remarks>
/// <para>Owner: any thread may record; reading while others record gives a state somewhere between.</para>
/// <para>Shape: exact below 2,048 ns, then 1,024 steps from each power of two to the next; 270 kB, whatever is recorded.</para>
/// <para>Cost: record is one interlocked increment, 0 bytes.</para>
/// <para>Source: HdrHistogram (Tene).</para>
/// </remarks>
internal sealed class Histogram
{
    private const int StepBits = 10;
    private const int Steps = 1 << StepBits;

    // 2^42 ns are 73 minutes: longer than any run waits.
    private const int LargestBits = 42;
    private const long Largest = (1L << LargestBits) - 1;

    private readonly long[] _counts = new long[(LargestBits - StepBits + 1) * Steps];
    private long _max;

    /// <summary>How many were recorded.</summary>
    public long Count => _counts.Sum();

    /// <summary>The longest, exactly.</summary>
    public TimeSpan Max => Time(Volatile.Read(ref _max));

    /// <summary>Records a latency; one below nothing counts as nothing, one beyond an hour as an hour.</summary>
    /// <param name="nanoseconds">How long it took.</param>
    public void Record(long nanoseconds)
    {
        long value = Math.Clamp(nanoseconds, 0, Largest);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        for (long max = Volatile.Read(ref _max); value > max;)
        {
            max = Interlocked.CompareExchange(ref _max, value, max);
        }
    }

    /// <summary>Adds what another has recorded.</summary>
    public void Add(Histogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (other._counts[i] != 0)
            {
                Interlocked.Add(ref _counts[i], other._counts[i]);
            }
        }

        _max = Math.Max(_max, other._max);
    }

    /// <summary>A copy of what is recorded until now.</summary>
    public Histogram Copy()
    {
        var copy = new Histogram();
        copy.Add(this);
        return copy;
    }

    /// <summary>What was recorded since <paramref name="earlier"/>, an earlier copy; its longest is that of all time.</summary>
    public Histogram Since(Histogram earlier)
    {
        Histogram since = Copy();
        for (int i = 0; i < since._counts.Length; i++)
        {
            since._counts[i] -= earlier._counts[i];
        }

        return since;
    }

    /// <summary>The latency that <paramref name="share"/> (0 to 1) of those recorded did not exceed; nothing, if there are none.</summary>
    public TimeSpan Percentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Time(Math.Min(HighestOf(i), _max));
            }
        }

        return TimeSpan.Zero;
    }

    // The first 2 x 1,024 values have a slot each; from there on every power of two has 1,024.
    private static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - StepBits);
        return (shift << StepBits) + (int)(value >> shift);
    }

    private static long HighestOf(int index)
    {
        int shift = Math.Max(0, (index >> StepBits) - 1);
        long step = index - ((long)shift << StepBits);
        return ((step + 1) << shift) - 1;
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 50) / TimeSpan.NanosecondsPerTick);
}
