using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Soak;

/// <summary>A renewal and the end of its lease at the same moment: one of them wins, and both agree which (ruling 12).</summary>
public class RenewRaceTests(ITestOutputHelper output)
{
    private const int Rounds = 6_000;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded with { StripeCount = 1 });
    private int _arrived;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_renewal_that_is_acknowledged_is_never_lost_to_an_expiry_in_flight(bool byKey)
    {
        LeaseHandle handle = default;
        bool acknowledged = false;
        int won = 0;
        using var crew = new SoakCrew();
        using var meet = new Barrier(2);
        crew.Work(_ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                handle = AtItsEnd();
                StartTogether(crew.Stopped);
                _under.Registry.Advance(_under.Now);
                meet.SignalAndWait(crew.Stopped);
                AssertAgreed(acknowledged, handle);
                won += acknowledged ? 1 : 0;
            }
        });
        crew.Work(_ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                StartTogether(crew.Stopped);

                // The advance has a way to go before it comes to the lease: try every length of it.
                Thread.SpinWait(round % 50);
                acknowledged = byKey
                    ? _under.Renew("orders", "i-1") != RenewOutcome.Unknown
                    : _under.Registry.Renew(handle, _under.Now);
                meet.SignalAndWait(crew.Stopped);
            }
        });
        crew.Join(TimeSpan.FromSeconds(60));
        output.WriteLine($"of {Rounds} races the renewal won {won}");
    }

    /// <summary>Returns to both threads within nanoseconds, if both have a processor: neither sleeps as the other comes.</summary>
    private void StartTogether(CancellationToken stopped)
    {
        int both = (Interlocked.Increment(ref _arrived) + 1) / 2 * 2;
        for (int spins = 1; Volatile.Read(ref _arrived) < both; spins++)
        {
            if (spins % 2_000 == 0)
            {
                stopped.ThrowIfCancellationRequested();
                Thread.Yield();
            }
        }
    }

    /// <summary>An instance whose lease is over with the next advance: its silence has been seen, its end is now.</summary>
    private LeaseHandle AtItsEnd()
    {
        LeaseHandle handle = _under.Register("orders", "i-1", Lease).Handle;
        _under.Pass(Lease * 0.75);
        _under.Clock.Pass((Lease * 0.25) + _under.Registry.Options.WheelTick);
        return handle;
    }

    private void AssertAgreed(bool acknowledged, LeaseHandle handle)
    {
        Assert.Equal(acknowledged, _under.Has("orders", "i-1"));
        if (acknowledged)
        {
            _under.Pass(Lease * 0.99);
            Assert.True(_under.Has("orders", "i-1"), "acknowledged, and gone before its time");
        }

        _under.Cancel("orders", "i-1");
        Assert.False(_under.Renew(handle));
    }
}
