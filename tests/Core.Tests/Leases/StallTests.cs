using Rollcall.Core.Leases;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Leases;

/// <summary>A process that stood still ends no lease whose owner had no chance to renew (ruling 17).</summary>
public class StallTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan OneTenthMs = TimeSpan.FromMicroseconds(100);

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(3_600)]
    [InlineData(30 * 86_400)]
    public void After_a_stall_a_lease_has_the_time_left_that_it_had_before(int stallSeconds)
    {
        TimeSpan stall = TimeSpan.FromSeconds(stallSeconds);
        TimeSpan gap = _under.Registry.Options.StallGap;
        _under.Register("orders", "i-1", Lease);
        _under.Pass(TimeSpan.FromSeconds(1));

        AdvanceResult after = _under.Stall(stall);
        Assert.Equal(0, after.Expired);
        Assert.Equal(stall - gap, after.SkippedStall);

        // One second passed before the stall, and the stall itself counts as one.
        _under.Pass(Lease - TimeSpan.FromSeconds(1) - gap - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
        _under.Pass(_under.Registry.Options.WheelTick + OneTenthMs);
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void A_gap_as_long_as_the_option_is_no_stall()
    {
        _under.Register("orders", "i-1", Lease);
        AdvanceResult sum = _under.Pass(Lease + _under.Registry.Options.WheelTick, _under.Registry.Options.StallGap);
        Assert.Equal(TimeSpan.Zero, sum.SkippedStall);
        Assert.Equal(1, sum.Expired);
    }

    [Fact]
    public void Many_small_stalls_add_up()
    {
        _under.Register("orders", "i-1", Lease);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(4), _under.Stall(TimeSpan.FromSeconds(5)).SkippedStall);
        }

        _under.Pass(TimeSpan.FromSeconds(1) - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
        _under.Pass(_under.Registry.Options.WheelTick + OneTenthMs);
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void What_renewed_after_the_stall_before_the_first_advance_has_its_full_duration()
    {
        LeaseHandle handle = _under.Register("orders", "i-1", Lease).Handle;
        _under.Pass(TimeSpan.FromSeconds(2));
        _under.Clock.Pass(TimeSpan.FromHours(1));
        Assert.True(_under.Renew(handle));
        _under.Register("orders", "i-2", Lease);
        _under.Registry.Advance(_under.Now);

        _under.Pass(Lease - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
        Assert.True(_under.Has("orders", "i-2"));

        // And no more than that: the hour is not added to it.
        _under.Pass(_under.Registry.Options.WheelTick + OneTenthMs);
        Assert.False(_under.Has("orders", "i-1"));
        Assert.False(_under.Has("orders", "i-2"));
    }

    [Fact]
    public void A_registry_advanced_for_the_first_time_long_after_it_was_made_ends_nothing()
    {
        var clock = new HandClock();
        var registry = new RegistryService(SteppedRegistry.Unguarded, clock);
        clock.Pass(TimeSpan.FromMinutes(10));
        registry.Register(RegistrationBuilder.Of("orders", "i-1") with { LeaseDuration = Lease }, registry.Now);
        clock.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(0, registry.Advance(registry.Now).Expired);
        Assert.Equal(1, registry.ReadSnapshot().Count);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    [InlineData(86_400 * 400)]
    [InlineData(-86_400 * 400)]
    public void A_jump_of_the_wall_clock_ends_nothing_and_keeps_nothing(int bySeconds)
    {
        _under.Register("orders", "i-1", Lease);
        _under.Pass(TimeSpan.FromSeconds(1));
        _under.Clock.JumpWall(TimeSpan.FromSeconds(bySeconds));
        AdvanceResult sum = _under.Pass(TimeSpan.FromSeconds(2) - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
        Assert.Equal(TimeSpan.Zero, sum.SkippedStall);
        _under.Pass(_under.Registry.Options.WheelTick + OneTenthMs);
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void After_a_jump_new_times_follow_the_wall_clock_as_the_advance_saw_it()
    {
        _under.Clock.JumpWall(TimeSpan.FromDays(1));
        _under.Pass(TimeSpan.FromMilliseconds(100));
        _under.Register("orders", "i-1");
        Assert.Equal(_under.Clock.WallMs, _under.Find("orders", "i-1")!.RegisteredAtMs);
        Assert.Equal(_under.Clock.WallMs, _under.Registry.WallMs(_under.Now));
    }
}
