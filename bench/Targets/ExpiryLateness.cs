using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Bench.Targets;

/// <summary>Row 16: no lease ends before it was promised to; how late the others go when the host advances time each tick.</summary>
internal static class ExpiryLateness
{
    private const int Leases = 20_000;
    private const int HandLeases = 100_000;
    private const int LateMsMax = 30; // one tick of 20 ms and 10 ms

    private static readonly RegistryOptions s_options = new() { GuardEnabled = false };

    public static Measurement Measure()
    {
        var clock = new BenchClock();
        var steps = new Random(FleetRegistry.Seed);
        LateTally byHand = Run(new RegistryService(s_options, clock), HandLeases, () => clock.Pass(TimeSpan.FromMilliseconds(steps.Next(1, 50))));
        var real = new RegistryService(s_options, TimeProvider.System);
        LateTally late = Run(real, Leases, () => WaitForTick(real));
        return new Measurement(
            [
                new Figure("leases that ended early", Spread.Exactly(byHand.Early + late.Early), "leases")
                {
                    Control = $"of {HandLeases + Leases:N0}",
                    Ship = 0,
                    Target = 0,
                },
                new Figure("lateness of an expiry, p99", Spread.Exactly(late.Percentile(0.99)), "ms") { Ship = 1_000, Target = LateMsMax },
                new Figure("lateness of an expiry, p50", Spread.Exactly(late.Percentile(0.5)), "ms"),
                new Figure("lateness of an expiry, longest", Spread.Exactly(late.Percentile(1)), "ms"),
            ],
            $"{HandLeases:N0} leases on a clock moved by hand in odd steps, {Leases:N0} in real time over 5 s; each lease is renewed once or never."
        );
    }

    private static LateTally Run(RegistryService registry, int count, Action wait)
    {
        var promised = new Dictionary<uint, MonotonicTime>(count);
        var random = new Random(FleetRegistry.Seed);
        var fleet = new SpringFleet(SpringFleet.ServicesOfMany);
        for (int i = 0; i < count; i++)
        {
            // Long enough that all are there before the first ends.
            var lease = TimeSpan.FromMilliseconds(random.Next(10_000, 15_000));
            MonotonicTime now = registry.Now;
            LeaseHandle handle = registry.Register(fleet.Registration(i) with { LeaseDuration = lease }, now).Handle;
            if (i % 2 == 0)
            {
                now = registry.Now;
                registry.Renew(handle, now);
            }

            promised.Add(handle.Index, now + lease);
        }

        var tally = new LateTally();
        while (registry.ReadSnapshot().Count > 0)
        {
            ulong since = registry.ReadSnapshot().Version;
            wait();
            registry.Advance(registry.Now);
            MonotonicTime seen = registry.Now;
            foreach (Change change in registry.ReadDelta(since).Changes)
            {
                tally.Add(promised[change.Record.LeaseIndex], change.At, seen);
            }
        }

        return tally.Count == count ? tally : throw new InvalidOperationException($"{tally.Count} of {count} leases ended");
    }

    // As a host does: each tick, or at once if the tick has passed already.
    private static void WaitForTick(RegistryService registry) =>
        Thread.Sleep((int)Math.Ceiling(registry.UntilNextTick(registry.Now).TotalMilliseconds));

    /// <summary>How late each lease ended.</summary>
    private sealed class LateTally
    {
        private readonly List<double> _lateMs = [];

        public int Count => _lateMs.Count;

        public int Early { get; private set; }

        /// <summary>Takes in one lease: when it was promised to end, when it ended, when a reader could see it.</summary>
        public void Add(MonotonicTime promised, MonotonicTime ended, MonotonicTime seen)
        {
            Early += ended < promised ? 1 : 0;
            _lateMs.Add((seen - promised).TotalMilliseconds);
        }

        public double Percentile(double share) => _lateMs.Order().ElementAt((int)Math.Ceiling(share * _lateMs.Count) - 1);
    }
}
