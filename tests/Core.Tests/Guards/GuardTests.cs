using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Guards;

/// <summary>
/// The guard against mass expiry: what makes it hold, what it shows, and everything that ends it (rulings 15 and 16).
/// </summary>
public class GuardTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeaseAndAStep = Lease + SteppedRegistry.Step;

    [Fact]
    public void At_rest_it_is_calm_whatever_the_population()
    {
        foreach (int population in (int[])[0, 1, 5, 9, 10, 50])
        {
            Fleet fleet = new Fleet().Join("orders", population, Interval);
            fleet.Pass(TimeSpan.FromMinutes(3), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
            Assert.Equal((GuardReason.Calm, 0, 0), (fleet.Guard.Reason, fleet.Guard.Silent, fleet.Guard.Held));
            Assert.Null(fleet.Guard.EndsAtLatest);
            Assert.NotEmpty(fleet.Guard.Summary);
        }
    }

    [Fact]
    public void Of_100_of_which_30_fall_silent_none_goes()
    {
        Fleet fleet = Engaged();
        fleet.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(100, fleet.Count);
        Assert.Equal(30, fleet.Guard.Held);
    }

    [Fact]
    public void It_says_why_since_when_and_until_when()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        MonotonicTime silentFrom = fleet.Under.Now;
        fleet.Silence("orders", 30);
        fleet.Pass(LeaseAndAStep);

        GuardState state = fleet.Guard;
        Assert.True(state.Engaged);
        Assert.Equal(GuardReason.ManySilent, state.Reason);
        Assert.InRange(state.Since - silentFrom, TimeSpan.Zero, Lease);
        Assert.Equal(state.Since + SteppedRegistry.Options.GuardHoldMax, state.EndsAtLatest);
        Assert.Equal((30, 100, 30), (state.Silent, state.Due, state.Held));
        Assert.Contains("30", state.Summary, StringComparison.Ordinal);
        Assert.Contains("100", state.Summary, StringComparison.Ordinal);
        Assert.True(fleet.Under.Explain("orders", "i-0").HeldByGuard);
        Assert.False(fleet.Under.Explain("orders", "i-99").HeldByGuard);
        Assert.Contains("guard", fleet.Under.Explain("orders", "i-0").Summary, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void While_it_holds_nothing_expires_not_even_who_falls_silent_later()
    {
        Fleet fleet = Engaged();
        fleet.Silence("orders", 90);
        fleet.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(100, fleet.Count);
        Assert.Equal(90, fleet.Guard.Held);
    }

    [Fact]
    public void It_ends_when_renewals_return_and_nobody_was_lost()
    {
        Fleet fleet = Engaged();
        fleet.Return("orders", 30);
        fleet.Pass(SteppedRegistry.Options.GuardWindow + Interval);
        Assert.Equal((false, GuardReason.RenewalsReturned), (fleet.Guard.Engaged, fleet.Guard.Reason));
        Assert.Null(fleet.Guard.EndsAtLatest);
        fleet.Pass(TimeSpan.FromMinutes(5), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(100, fleet.Count);
    }

    [Fact]
    public void When_most_return_the_rest_expires()
    {
        Fleet fleet = Engaged();
        fleet.Return("orders", 25);
        fleet.Pass(SteppedRegistry.Options.GuardWindow + LeaseAndAStep);
        Assert.Equal(GuardReason.RenewalsReturned, fleet.Guard.Reason);
        Assert.Equal((95, 0), (fleet.Count, fleet.SilentThere()));
        Assert.Equal(ChangeCause.ExpiredAfterGuard, fleet.Under.Registry.History().Expired[0].Cause);
    }

    [Fact]
    public void It_ends_when_an_operator_confirms_the_loss_and_stays_ended()
    {
        Fleet fleet = Engaged();
        fleet.Under.Registry.ConfirmLoss(fleet.Under.Now);
        fleet.Pass(SteppedRegistry.Step + SteppedRegistry.Step);
        Assert.Equal((false, GuardReason.LossConfirmed), (fleet.Guard.Engaged, fleet.Guard.Reason));
        Assert.Equal((70, 0), (fleet.Count, fleet.SilentThere()));
        AssertStaysEnded(fleet);
        Assert.All(fleet.Under.Registry.History().Expired, change => Assert.Equal(ChangeCause.ExpiredAfterGuard, change.Cause));
    }

    [Fact]
    public void It_ends_by_itself_at_the_longest_hold_and_stays_ended()
    {
        Fleet fleet = Engaged();
        MonotonicTime end = fleet.Guard.EndsAtLatest!.Value;
        fleet.Pass(end - fleet.Under.Now - SteppedRegistry.Step);
        Assert.Equal((true, 100), (fleet.Guard.Engaged, fleet.Count));
        fleet.Pass(SteppedRegistry.Step * 3);
        Assert.Equal((false, GuardReason.HeldLongEnough), (fleet.Guard.Engaged, fleet.Guard.Reason));
        Assert.Equal((70, 0), (fleet.Count, fleet.SilentThere()));
        AssertStaysEnded(fleet);
    }

    [Fact]
    public void The_loss_of_all_ends_as_well()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Silence("orders", 100);
        fleet.Pass(LeaseAndAStep);
        Assert.Equal((true, 100), (fleet.Guard.Engaged, fleet.Count));
        fleet.Pass(SteppedRegistry.Options.GuardHoldMax);
        Assert.Equal((false, 0), (fleet.Guard.Engaged, fleet.Count));
        fleet.Pass(TimeSpan.FromMinutes(2), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
    }

    [Fact]
    public void After_a_confirmed_loss_another_one_is_held_again()
    {
        Fleet fleet = Engaged();
        fleet.Under.Registry.ConfirmLoss(fleet.Under.Now);
        fleet.Pass(SteppedRegistry.Options.GuardWindow * 2);
        fleet.Join("billing", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(2));
        Assert.False(fleet.Guard.Engaged);
        fleet.Silence("billing", 60);
        fleet.Pass(LeaseAndAStep);
        Assert.Equal((true, GuardReason.ManySilent), (fleet.Guard.Engaged, fleet.Guard.Reason));
        Assert.Equal(170, fleet.Count);
    }

    [Fact]
    public void Confirming_while_nothing_is_held_does_nothing()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Under.Registry.ConfirmLoss(fleet.Under.Now);
        fleet.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal((false, 100), (fleet.Guard.Engaged, fleet.Count));

        // Nor does it spend the operator's word in advance.
        fleet.Silence("orders", 30);
        fleet.Pass(LeaseAndAStep);
        Assert.Equal((true, 100), (fleet.Guard.Engaged, fleet.Count));
    }

    [Fact]
    public void Explicit_cancels_and_every_other_write_work_while_it_holds()
    {
        Fleet fleet = Engaged();
        Assert.Null(fleet.Under.Cancel("orders", "i-0").Error);
        Assert.Null(fleet.Under.Cancel("orders", "i-99").Error);
        Assert.False(fleet.Under.Has("orders", "i-0"));
        Assert.Equal(98, fleet.Count);
        Assert.True(fleet.Under.Register("orders", "new").Created);
        Assert.Null(fleet.Under.SetStatus("orders", "i-1", InstanceStatus.OutOfService).Error);
        Assert.Null(fleet.Under.SetMetadata("orders", "i-1", ("k", "v")).Error);
        Assert.True(fleet.Guard.Engaged);
    }

    [Fact]
    public void Who_was_held_and_renews_by_its_old_handle_lives_on()
    {
        Fleet fleet = Engaged();
        fleet.Return("orders", 1);
        fleet.Pass(Interval);
        Assert.Equal(29, fleet.Guard.Held);
        fleet.Under.Registry.ConfirmLoss(fleet.Under.Now);
        fleet.Pass(TimeSpan.FromMinutes(1));
        Assert.True(fleet.Under.Has("orders", "i-0"));
        Assert.Equal(71, fleet.Count);
    }

    [Fact]
    public void A_legitimate_shrink_by_cancels_never_engages_it_and_the_rest_still_expires()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        for (int i = 0; i < 80; i++)
        {
            fleet.Leave("orders", 1);
            fleet.Pass(SteppedRegistry.Step, () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        }

        // Java's server would now be in self-preservation for good: 20 leases renew where it expects 100.
        fleet.Silence("orders", 2);
        fleet.Pass(LeaseAndAStep, () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(18, fleet.Count);
    }

    [Fact]
    public void A_shrink_by_cancels_at_once_never_engages_it()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Leave("orders", 95);
        fleet.Pass(TimeSpan.FromMinutes(3), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(5, fleet.Count);
    }

    [Fact]
    public void Cancelling_the_silent_ends_it()
    {
        Fleet fleet = Engaged();
        fleet.Leave("orders", 30);
        fleet.Pass(SteppedRegistry.Options.GuardWindow + Interval);
        Assert.Equal((false, GuardReason.RenewalsReturned), (fleet.Guard.Engaged, fleet.Guard.Reason));
        Assert.Equal((0, 70), (fleet.Guard.Held, fleet.Count));
    }

    [Fact]
    public void A_fleet_that_grows_fast_never_engages_it()
    {
        Fleet fleet = new Fleet().Join("orders", 20, Interval);
        for (int i = 0; i < 20; i++)
        {
            fleet.Join($"more-{i}", 50, Interval);
            fleet.Pass(TimeSpan.FromSeconds(3), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        }

        Assert.Equal(1_020, fleet.Count);
    }

    [Fact]
    public void Intervals_of_a_second_and_of_ten_minutes_side_by_side_are_each_counted_at_their_own()
    {
        Fleet fleet = new Fleet()
            .Join("fast", 50, TimeSpan.FromSeconds(1))
            .Join("slow", 50, TimeSpan.FromMinutes(10))
            .Join("usual", 50, TimeSpan.FromSeconds(30));
        fleet.Pass(TimeSpan.FromMinutes(45), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(150, fleet.Count);

        fleet.Silence("fast", 50);
        fleet.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal((true, 150), (fleet.Guard.Engaged, fleet.Count));
    }

    [Fact]
    public void A_few_fast_ones_are_few_among_many_slow_ones()
    {
        Fleet fleet = new Fleet().Join("fast", 10, TimeSpan.FromSeconds(1)).Join("slow", 90, TimeSpan.FromMinutes(5));

        // The slow ones count once their first renewal could have been missed: after one and a half intervals.
        fleet.Pass(TimeSpan.FromMinutes(8));
        fleet.Silence("fast", 10);
        fleet.Pass(TimeSpan.FromSeconds(5), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(90, fleet.Count);
    }

    [Theory]
    [InlineData(90, 30)]
    [InlineData(60, 30)]
    [InlineData(45, 30)]
    [InlineData(35, 30)]
    public void A_healthy_fleet_never_engages_it_however_short_its_leases_are_for_its_interval(
        int leaseSeconds,
        int intervalSeconds
    )
    {
        Fleet fleet = new Fleet().Join("orders", 100, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(leaseSeconds));
        fleet.Pass(TimeSpan.FromMinutes(10), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(100, fleet.Count);
    }

    [Fact]
    public void Renewals_late_by_less_than_half_an_interval_never_engage_it()
    {
        // Declared 10 s, in fact 14 s: late, but before one and a half intervals.
        Fleet fleet = new();
        fleet.Join("orders", 50, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(30));
        foreach (Fleet.Owner owner in fleet.Owners)
        {
            fleet.Under.Register("orders", owner.Id, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
        }

        fleet.Pass(TimeSpan.FromMinutes(5), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
    }

    [Fact]
    public void A_slow_trickle_of_losses_below_the_threshold_expires_one_by_one()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        for (int lost = 1; lost <= 40; lost++)
        {
            fleet.Silence("orders", lost);
            fleet.Pass(TimeSpan.FromSeconds(15), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        }

        fleet.Pass(LeaseAndAStep);
        Assert.Equal(60, fleet.Count);
    }

    [Fact]
    public void Losses_of_one_window_are_added_up()
    {
        Fleet fleet = new Fleet().Join("first", 10, Interval).Join("second", 10, Interval).Join("rest", 80, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Silence("first", 10);
        fleet.Pass(LeaseAndAStep, () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(90, fleet.Count);
        fleet.Silence("second", 10);
        fleet.Pass(LeaseAndAStep);
        Assert.Equal((true, 90), (fleet.Guard.Engaged, fleet.Count));
        Assert.True(fleet.Under.Now - fleet.Guard.Since > Interval, "it was engaged once, and stayed so");

        // When the first have left the window, the second alone are few.
        fleet.Pass(SteppedRegistry.Options.GuardWindow);
        Assert.Equal((false, 80), (fleet.Guard.Engaged, fleet.Count));
    }

    [Fact]
    public void Losses_of_different_windows_are_not_added_up()
    {
        Fleet fleet = new Fleet().Join("first", 10, Interval).Join("second", 10, Interval).Join("rest", 80, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Silence("first", 10);
        fleet.Pass(SteppedRegistry.Options.GuardWindow + LeaseAndAStep);
        fleet.Silence("second", 10);
        fleet.Pass(LeaseAndAStep, () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(80, fleet.Count);
    }

    [Fact]
    public void A_stall_is_not_silence()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Under.Stall(TimeSpan.FromHours(1));
        Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary);
        fleet.Pass(TimeSpan.FromMinutes(2), () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
        Assert.Equal(100, fleet.Count);
    }

    [Fact]
    public void A_stall_does_not_use_up_the_longest_hold()
    {
        Fleet fleet = Engaged();
        MonotonicTime end = fleet.Guard.EndsAtLatest!.Value;
        TimeSpan skipped = fleet.Under.Stall(TimeSpan.FromHours(1)).SkippedStall;
        Assert.Equal((true, end + skipped), (fleet.Guard.Engaged, fleet.Guard.EndsAtLatest));
        fleet.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal((true, 100), (fleet.Guard.Engaged, fleet.Count));
        fleet.Pass(SteppedRegistry.Options.GuardHoldMax);
        Assert.Equal((GuardReason.HeldLongEnough, 70), (fleet.Guard.Reason, fleet.Count));
    }

    [Fact]
    public void Switched_off_it_says_so_and_holds_nothing()
    {
        Fleet fleet = new Fleet(SteppedRegistry.Unguarded).Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Silence("orders", 100);
        fleet.Pass(LeaseAndAStep);
        Assert.Equal((false, GuardReason.Disabled, 0), (fleet.Guard.Engaged, fleet.Guard.Reason, fleet.Count));
    }

    /// <summary>100 leases of which 30 are silent, past their end, and held.</summary>
    private static Fleet Engaged()
    {
        Fleet fleet = new Fleet().Join("orders", 100, Interval);
        fleet.Pass(TimeSpan.FromMinutes(1));
        fleet.Silence("orders", 30);
        fleet.Pass(LeaseAndAStep);
        Assert.True(fleet.Guard.Engaged, fleet.Guard.Summary);
        Assert.Equal(100, fleet.Count);
        return fleet;
    }

    private static void AssertStaysEnded(Fleet fleet) =>
        fleet.Pass(SteppedRegistry.Options.GuardWindow * 3, () => Assert.False(fleet.Guard.Engaged, fleet.Guard.Summary));
}
