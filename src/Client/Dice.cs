namespace Rollcall.Client;

/// <summary>Random numbers for any number of threads, all of one seed, so that a test repeats.</summary>
/// <remarks>
/// <para>Cost: one interlocked addition and a few multiplications, 0 bytes.</para>
/// <para>Source: SplitMix64 (Steele, Lea and Flood 2014), whose state is a counter and can be shared.</para>
/// </remarks>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong bits = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>0 to <paramref name="bound"/>, which is left out.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>0 to 1, which is left out.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Puts <paramref name="items"/> in random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int left = items.Length; left > 1; left--)
        {
            int at = (int)Below(left);
            (items[left - 1], items[at]) = (items[at], items[left - 1]);
        }
    }
}
