namespace Rollcall.Core.Leases;

/// <summary>One lease in 64 bits: all that a renewal reads and writes.</summary>
/// <remarks>
/// <para>
/// Shape: deadline in wheel ticks (upper 35 bits: ten years of 10 ms), silent flag (1 bit), generation (lower 28 bits). A deadline
/// of 0 is a free slot, whose generation is the next one to be given out.
/// </para>
/// <para>
/// I1: the word changes only by compare-and-swap, or under the stripe's lock while the slot is free. Renewal and expiry swap the
/// same word, so one of two that race sees the other: no acknowledged renewal is lost to an expiry in flight.
/// </para>
/// </remarks>
internal static class LeaseWord
{
    public const int GenerationBits = 28;
    public const uint GenerationMask = (1u << GenerationBits) - 1;

    private const int DeadlineShift = GenerationBits + 1;
    private const long SilentFlag = 1L << GenerationBits;

    public static long Pack(long deadlineTick, bool silent, uint generation) =>
        (deadlineTick << DeadlineShift) | (silent ? SilentFlag : 0) | generation;

    public static long Deadline(long word) => (long)((ulong)word >> DeadlineShift);

    public static bool IsFree(long word) => Deadline(word) == 0;

    public static bool IsSilent(long word) => (word & SilentFlag) != 0;

    public static uint Generation(long word) => (uint)word & GenerationMask;

    public static long AsSilent(long word) => word | SilentFlag;
}
