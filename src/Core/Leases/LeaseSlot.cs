namespace Rollcall.Core.Leases;

/// <summary>One lease: what a renewal touches, 16 bytes in one cache line, and every change of it.</summary>
/// <remarks>
/// <para>
/// I1: <see cref="Word"/> changes only by compare-and-swap, here, or under the stripe's lock while the slot is free. I2: the lengths
/// are written under the stripe's lock, before the word that follows from them; so a renewal that read older ones fails its swap.
/// </para>
/// <para>Units: wheel ticks of lease time (<see cref="LeaseClock"/>).</para>
/// </remarks>
internal struct LeaseSlot
{
    private long _word;
    private int _durationTicks;
    private int _checkTicks;

    /// <summary>See <see cref="LeaseWord"/>.</summary>
    public long Word => Volatile.Read(ref _word);

    /// <summary>First and last tick of the lease as last renewed; null if the slot is free.</summary>
    public LeaseTimes? Times
    {
        get
        {
            long word = Word;
            int duration = Volatile.Read(ref _durationTicks);
            return LeaseWord.IsFree(word) ? null : new LeaseTimes(LeaseWord.Deadline(word) - duration, LeaseWord.Deadline(word));
        }
    }

    /// <summary>When a lease renewed as <paramref name="word"/> says falls, or fell, silent.</summary>
    public long SilentSince(long word) =>
        LeaseWord.Deadline(word) - Volatile.Read(ref _durationTicks) + Volatile.Read(ref _checkTicks);

    /// <summary>How long the lease lasts, and after how long without renewal it is silent. Under the stripe's lock.</summary>
    public void SetLengths(int durationTicks, int checkTicks)
    {
        Volatile.Write(ref _durationTicks, durationTicks);
        Volatile.Write(ref _checkTicks, checkTicks);
    }

    /// <summary>Begins a lease in a free slot, under the stripe's lock.</summary>
    public void Start(long startTick, uint generation) =>
        Volatile.Write(ref _word, LeaseWord.Pack(startTick + _durationTicks, silent: false, generation));

    /// <summary>Begins a live lease anew, with other lengths perhaps, under the stripe's lock.</summary>
    /// <param name="startTick">The tick to count from.</param>
    /// <param name="durationTicks">How long it lasts.</param>
    /// <param name="checkTicks">After how long without renewal it is silent.</param>
    /// <param name="generations">Given: the handles given out so far shall renew it no more.</param>
    /// <returns>When it had fallen silent; null if it had not.</returns>
    public long? Restart(long startTick, int durationTicks, int checkTicks, GenerationSequence? generations = null)
    {
        long silentSince = SilentSince(Word);
        SetLengths(durationTicks, checkTicks);
        while (true)
        {
            long word = Word;
            uint generation = generations?.Next(LeaseWord.Generation(word)) ?? LeaseWord.Generation(word);
            long next = LeaseWord.Pack(startTick + durationTicks, silent: false, generation);
            if (TrySwap(word, next))
            {
                return LeaseWord.IsSilent(word) ? silentSince : null;
            }
        }
    }

    /// <summary>Renews, if the slot holds a lease of this generation. No lock.</summary>
    /// <param name="generation">The generation expected.</param>
    /// <param name="startTick">The tick to count from.</param>
    /// <param name="silentSince">When it had fallen silent; null if it had not.</param>
    public bool TryRenew(uint generation, long startTick, out long? silentSince)
    {
        silentSince = null;
        while (true)
        {
            long word = Word;
            if (LeaseWord.Generation(word) != generation || LeaseWord.IsFree(word))
            {
                return false;
            }

            long deadline = startTick + Volatile.Read(ref _durationTicks);
            bool silent = LeaseWord.IsSilent(word);
            if (deadline <= LeaseWord.Deadline(word) && !silent)
            {
                return true; // renewed within this tick already
            }

            // Never back: what was promised to a registration that overtook this renewal holds.
            long next = LeaseWord.Pack(Math.Max(deadline, LeaseWord.Deadline(word)), silent: false, generation);
            if (TrySwap(word, next))
            {
                silentSince = silent ? SilentSince(word) : null;
                return true;
            }
        }
    }

    /// <summary>Marks the lease silent, unless it changed from <paramref name="word"/> meanwhile.</summary>
    public bool TryFallSilent(long word) => TrySwap(word, LeaseWord.AsSilent(word));

    /// <summary>Ends the lease and frees the slot, unless it changed from <paramref name="word"/> meanwhile.</summary>
    public bool TryEnd(long word, GenerationSequence generations) =>
        TrySwap(word, LeaseWord.Pack(0, silent: false, generations.Next(LeaseWord.Generation(word))));

    private bool TrySwap(long word, long next) => Interlocked.CompareExchange(ref _word, next, word) == word;
}

/// <summary>First and last tick of a lease as last renewed.</summary>
internal readonly record struct LeaseTimes(long RenewedAtTick, long DeadlineTick);
