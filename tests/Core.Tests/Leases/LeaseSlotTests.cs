using Rollcall.Core.Leases;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Tests.Leases;

/// <summary>One word, swapped by renewal and by expiry: whoever acts on a word that has changed loses (ruling 12).</summary>
public class LeaseSlotTests
{
    private const uint Generation = 77;

    private readonly GenerationSequence _generations = new(new KeyHash(5));
    private LeaseSlot _slot;

    public LeaseSlotTests()
    {
        _slot.SetLengths(durationTicks: 100, checkTicks: 50);
        _slot.Start(startTick: 1_000, Generation);
    }

    [Fact]
    public void An_expiry_that_decided_before_a_renewal_does_not_end_the_lease()
    {
        long seen = _slot.Word;
        Assert.True(_slot.TryRenew(Generation, 1_100, out _));
        Assert.False(_slot.TryEnd(seen, _generations));
        Assert.Equal(new LeaseTimes(1_100, 1_200), _slot.Times);
    }

    [Fact]
    public void A_renewal_after_the_expiry_is_refused()
    {
        Assert.True(_slot.TryEnd(_slot.Word, _generations));
        Assert.False(_slot.TryRenew(Generation, 1_100, out _));
        Assert.Null(_slot.Times);
        Assert.NotEqual(Generation, LeaseWord.Generation(_slot.Word));
    }

    [Fact]
    public void A_lease_does_not_fall_silent_by_a_word_from_before_its_renewal()
    {
        long seen = _slot.Word;
        Assert.True(_slot.TryRenew(Generation, 1_060, out long? silentSince));
        Assert.Null(silentSince);
        Assert.False(_slot.TryFallSilent(seen));
        Assert.False(LeaseWord.IsSilent(_slot.Word));
    }

    [Fact]
    public void A_renewal_says_since_when_the_lease_was_silent()
    {
        Assert.True(_slot.TryFallSilent(_slot.Word));
        Assert.True(_slot.TryRenew(Generation, 1_090, out long? silentSince));
        Assert.Equal(1_050, silentSince);
        Assert.Equal(1_140, _slot.SilentSince(_slot.Word));
    }

    [Fact]
    public void A_renewal_with_an_older_reading_of_the_clock_takes_nothing_back()
    {
        Assert.True(_slot.TryRenew(Generation, 1_090, out _));
        Assert.True(_slot.TryRenew(Generation, 1_010, out _));
        Assert.Equal(1_190, _slot.Times?.DeadlineTick);
    }

    [Fact]
    public void A_registration_may_shorten_the_lease()
    {
        Assert.Null(_slot.Restart(1_010, durationTicks: 20, checkTicks: 10));
        Assert.Equal(new LeaseTimes(1_010, 1_030), _slot.Times);
        Assert.True(_slot.TryFallSilent(_slot.Word));
        Assert.Equal(1_020, _slot.Restart(1_025, durationTicks: 100, checkTicks: 50));
    }

    [Fact]
    public void Another_generation_renews_nothing()
    {
        Assert.False(_slot.TryRenew(Generation + 1, 1_100, out _));
        Assert.False(_slot.TryRenew(Generation | (1u << 28), 1_100, out _));
        Assert.Equal(1_100, _slot.Times?.DeadlineTick);
    }

    [Fact]
    public void Generations_of_a_slot_follow_no_pattern_and_do_not_come_back_soon()
    {
        uint generation = _generations.First(3);
        HashSet<uint> seen = [];
        for (int i = 0; i < 100_000; i++)
        {
            Assert.InRange(generation, 1u, LeaseWord.GenerationMask);
            Assert.True(seen.Add(generation), $"generation {i} came back");
            generation = _generations.Next(generation);
        }

        Assert.Equal(_generations.First(3), new GenerationSequence(new KeyHash(5)).First(3));
        Assert.NotEqual(_generations.First(3), new GenerationSequence(new KeyHash(6)).First(3));
    }
}
