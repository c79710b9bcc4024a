using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Leases;

/// <summary>The one place that reads a clock, over clocks that count in other units than ours.</summary>
public class RegistryClockTests
{
    [Theory]
    [InlineData(1_000_000_000L)]
    [InlineData(10_000_000L)]
    [InlineData(24_000_000L)]
    [InlineData(1_000L)]
    public void A_lease_lasts_as_long_whatever_the_unit_of_the_clock(long frequency)
    {
        var clock = new OtherClock(frequency);
        var registry = new RegistryService(SteppedRegistry.Unguarded, clock);
        registry.Register(RegistrationBuilder.Of("orders", "i-1") with { LeaseDuration = TimeSpan.FromSeconds(3) }, registry.Now);
        for (int passed = 0; passed < 2_990; passed += 10)
        {
            clock.Pass(frequency / 100);
            registry.Advance(registry.Now);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(2_990), registry.Now.SinceStart);
        Assert.NotNull(registry.Find(InstanceKey.Of("orders", "i-1")));
        clock.Pass(frequency * 3 / 100);
        registry.Advance(registry.Now);
        Assert.Null(registry.Find(InstanceKey.Of("orders", "i-1")));
    }

    [Fact]
    public void The_clock_of_the_machine_goes_on_and_agrees_with_the_wall()
    {
        var registry = new RegistryService(SteppedRegistry.Unguarded, TimeProvider.System);
        MonotonicTime first = registry.Now;
        Assert.InRange(first.SinceStart, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        registry.Advance(registry.Now);
        Assert.True(registry.Now >= first);
        long wall = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.InRange(registry.WallMs(registry.Now), wall - 60_000, wall + 60_000);
    }

    /// <summary>Counts in its own unit, from a number far from zero.</summary>
    private sealed class OtherClock(long frequency) : TimeProvider
    {
        private long _timestamp = frequency * 1_000_000;

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => _timestamp;

        public void Pass(long units) => _timestamp += units;
    }
}
