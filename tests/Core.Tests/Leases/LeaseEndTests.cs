using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Leases;

/// <summary>A lease ends one duration after its last renewal: never early, and at the first tick after.</summary>
public class LeaseEndTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Tick = SteppedRegistry.Unguarded.WheelTick;
    private static readonly TimeSpan OneTenthMs = TimeSpan.FromMicroseconds(100);

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_000)]
    [InlineData(90_000)]
    [InlineData(3_600_000)]
    [InlineData(86_400_000)]
    public void A_lease_is_there_until_its_end_and_gone_a_tick_later(int leaseMs)
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { StallGap = TimeSpan.FromDays(100) });
        under.Clock.Pass(TimeSpan.FromMilliseconds(3.3));
        under.Register("orders", "i-1", TimeSpan.FromMilliseconds(leaseMs));
        under.Pass(TimeSpan.FromMilliseconds(leaseMs) - OneTenthMs, TimeSpan.FromMinutes(1));
        Assert.True(under.Has("orders", "i-1"));
        AdvanceResult last = under.Pass(OneTenthMs + Tick);
        Assert.False(under.Has("orders", "i-1"));
        Assert.Equal(1, last.Expired);
        Assert.InRange(last.LatestExpiryLateness, TimeSpan.Zero, Tick);
    }

    [Fact]
    public void Leases_of_every_length_are_never_early_and_at_most_two_ticks_and_a_step_late()
    {
        TimeSpan step = TimeSpan.FromMilliseconds(7);
        TimeSpan latest = TimeSpan.Zero;
        var random = new Random(3);
        Dictionary<string, MonotonicTime> ends = [];
        for (int i = 0; i < 500; i++)
        {
            var lease = TimeSpan.FromMilliseconds(random.Next(1_000, 20_000));
            ends.Add($"i-{i}", _under.Now + lease);
            _under.Register("orders", $"i-{i}", lease);
            _under.Pass(TimeSpan.FromMicroseconds(random.Next(7_000)), step, TakeOffTheGone);
        }

        _under.Pass(TimeSpan.FromSeconds(21), step, TakeOffTheGone);
        Assert.Empty(ends);
        // Of a length that is no multiple of the tick both ends are rounded up.
        output.WriteLine($"latest of 500 leases, advanced every {step.TotalMilliseconds} ms: {latest.TotalMilliseconds} ms late");
        Assert.InRange(latest, TimeSpan.Zero, Tick + Tick + step);

        void TakeOffTheGone()
        {
            foreach ((string id, MonotonicTime end) in ends.Where(end => _under.Find("orders", end.Key) is null).ToArray())
            {
                Assert.True(_under.Now >= end, $"{id} went at {_under.Now}, promised until {end}");
                latest = _under.Now - end > latest ? _under.Now - end : latest;
                ends.Remove(id);
            }
        }
    }

    [Fact]
    public void Each_renewal_promises_one_full_duration_from_itself()
    {
        TimeSpan lease = TimeSpan.FromSeconds(3);
        _under.Register("orders", "by-key", lease);
        LeaseHandle handle = _under.Register("orders", "by-handle", lease).Handle;
        _under.Register("orders", "silent", lease);
        for (int i = 0; i < 20; i++)
        {
            _under.Pass(TimeSpan.FromSeconds(2.9));
            Assert.Equal(RenewOutcome.Same, _under.Renew("orders", "by-key"));
            Assert.True(_under.Renew(handle));
        }

        Assert.False(_under.Has("orders", "silent"));
        _under.Pass(lease - OneTenthMs);
        Assert.True(_under.Has("orders", "by-key"));
        Assert.True(_under.Has("orders", "by-handle"));
        _under.Pass(Tick + OneTenthMs);
        Assert.False(_under.Has("orders", "by-key"));
        Assert.False(_under.Has("orders", "by-handle"));
    }

    [Fact]
    public void Renewed_in_the_last_moment_it_lives_on()
    {
        TimeSpan lease = TimeSpan.FromSeconds(3);
        LeaseHandle handle = _under.Register("orders", "i-1", lease).Handle;
        for (int i = 0; i < 5; i++)
        {
            _under.Pass(lease - OneTenthMs);
            Assert.True(_under.Renew(handle));
        }

        Assert.True(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void A_renewal_that_comes_before_the_advance_that_would_end_it_is_honoured()
    {
        TimeSpan lease = TimeSpan.FromSeconds(1);
        LeaseHandle handle = _under.Register("orders", "i-1", lease).Handle;
        _under.Pass(TimeSpan.FromMilliseconds(900));
        _under.Clock.Pass(TimeSpan.FromMilliseconds(200));
        Assert.True(_under.Renew(handle));
        Assert.Equal(0, _under.Registry.Advance(_under.Now).Expired);
        _under.Pass(lease - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void After_its_end_a_lease_is_unknown_by_key_and_by_handle()
    {
        LeaseHandle handle = _under.Register("orders", "i-1", TimeSpan.FromSeconds(1)).Handle;
        _under.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(RenewOutcome.Unknown, _under.Renew("orders", "i-1"));
        Assert.False(_under.Renew(handle));
        Assert.Equal(RegistryErrorCode.UnknownInstance, _under.Cancel("orders", "i-1").Error?.Code);
        Assert.Equal(RegistryErrorCode.UnknownInstance, _under.SetStatus("orders", "i-1", InstanceStatus.Down).Error?.Code);
    }

    [Fact]
    public void A_grace_makes_every_lease_that_much_longer()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { LeaseGrace = TimeSpan.FromSeconds(2) });
        under.Register("orders", "i-1", TimeSpan.FromSeconds(3));
        under.Pass(TimeSpan.FromSeconds(5) - OneTenthMs);
        Assert.True(under.Has("orders", "i-1"));
        Assert.Equal(TimeSpan.FromSeconds(3), under.Find("orders", "i-1")!.LeaseDuration);
        under.Pass(Tick + OneTenthMs);
        Assert.False(under.Has("orders", "i-1"));
    }

    [Fact]
    public void Without_a_duration_the_default_holds()
    {
        _under.Register("orders", "i-1");
        Assert.Equal(_under.Registry.Options.LeaseDurationDefault, _under.Find("orders", "i-1")!.LeaseDuration);
        Assert.Equal(_under.Registry.Options.RenewalIntervalDefault, _under.Find("orders", "i-1")!.RenewalInterval);
        _under.Pass(TimeSpan.FromSeconds(90) - OneTenthMs);
        Assert.True(_under.Has("orders", "i-1"));
        _under.Pass(Tick + OneTenthMs);
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void Registering_again_with_another_duration_counts_from_there()
    {
        _under.Register("orders", "longer", TimeSpan.FromSeconds(2));
        _under.Register("orders", "shorter", TimeSpan.FromSeconds(20));
        _under.Pass(TimeSpan.FromSeconds(1));
        _under.Register("orders", "longer", TimeSpan.FromSeconds(20));
        _under.Register("orders", "shorter", TimeSpan.FromSeconds(2));
        _under.Pass(TimeSpan.FromSeconds(2) - OneTenthMs);
        Assert.True(_under.Has("orders", "shorter"));
        _under.Pass(OneTenthMs + Tick);
        Assert.False(_under.Has("orders", "shorter"));
        Assert.True(_under.Has("orders", "longer"));
        _under.Pass(TimeSpan.FromSeconds(18));
        Assert.False(_under.Has("orders", "longer"));
    }

    [Fact]
    public void A_cancelled_lease_neither_expires_nor_takes_its_successor_with_it()
    {
        LeaseHandle first = _under.Register("orders", "i-1", TimeSpan.FromSeconds(2)).Handle;
        _under.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(_under.Cancel("orders", "i-1").Error);
        LeaseHandle second = _under.Register("orders", "i-1", TimeSpan.FromSeconds(2)).Handle;
        Assert.NotEqual(first, second);
        Assert.False(_under.Renew(first));
        Assert.Equal(0, _under.Pass(TimeSpan.FromSeconds(2) - OneTenthMs).Expired);
        Assert.True(_under.Has("orders", "i-1"));
        Assert.Equal(1, _under.Pass(OneTenthMs + Tick).Expired);
    }

    [Fact]
    public void A_late_advance_ends_all_that_is_due_a_tick_later()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { StallGap = TimeSpan.FromDays(100) });
        foreach (Registration registration in RegistrationBuilder.Many("orders", 5_000, TimeSpan.FromSeconds(30)))
        {
            under.Register(registration);
        }

        // At the first it is found that they are silent, and the guard is asked; at the next tick they go.
        AdvanceResult first = under.Stall(TimeSpan.FromDays(2));
        Assert.Equal(0, first.Expired);
        Assert.Equal(5_000, under.Stall(Tick).Expired);
        Assert.Equal(0, under.Registry.ReadSnapshot().Count);
        Assert.Equal(10_000UL, under.Version);
    }

    [Fact]
    public void An_advance_to_the_past_or_to_the_same_moment_does_nothing()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(1));
        MonotonicTime before = _under.Now;
        _under.Pass(TimeSpan.FromMilliseconds(500));
        _under.Registry.Advance(before);
        Assert.Equal(0, _under.Registry.Advance(_under.Now).Expired);
        _under.Pass(TimeSpan.FromMilliseconds(499));
        Assert.True(_under.Has("orders", "i-1"));
        _under.Pass(Tick + Tick);
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void The_last_renewal_is_told_live()
    {
        _under.Register("orders", "i-1");
        Instance record = _under.Find("orders", "i-1")!;
        long registered = _under.Clock.WallMs;
        Assert.InRange(_under.Registry.LastRenewalMs(record), registered - 20, registered);
        _under.Pass(TimeSpan.FromSeconds(10));
        _under.Renew("orders", "i-1");
        Assert.InRange(_under.Registry.LastRenewalMs(record), registered + 9_980, registered + 10_000);
        Assert.Same(record, _under.Find("orders", "i-1"));
    }
}
