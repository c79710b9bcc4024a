using System.Diagnostics;
using System.Globalization;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Targets;

/// <summary>Row 17: how long a heartbeat waits while 330,000 of a million leases end at once.</summary>
internal static class MassExpiry
{
    private const int Repeats = 5;
    private const int Mortals = 330_000;

    // A million instances, each renewing every 30 s.
    private const int RenewalsPerSecond = TargetSize.Million / 30;
    private const int RegistrationsPerSecond = 100;

    private static readonly TimeSpan s_mortalLease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(2);

    public static Measurement Measure()
    {
        var fleet = new FleetRegistry(TargetSize.Million, adjust: options => options with { GuardEnabled = false });
        var renewals = new List<Waits>();
        var registrations = new List<Waits>();
        var lengths = new List<double>();
        var pauses = new List<double>();
        Waits calm = Calm(fleet);
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            Populate(fleet);
            TimeSpan paused = GC.GetTotalPauseDuration();
            var expiry = Task.Factory.StartNew(() => Expire(fleet), TaskCreationOptions.LongRunning);
            var registering = Task.Factory.StartNew(
                () => OpenLoop.Run(RegistrationsPerSecond, i => fleet.Register(Immortal(i)), () => expiry.IsCompleted),
                TaskCreationOptions.LongRunning
            );
            renewals.Add(OpenLoop.Run(RenewalsPerSecond, Renewing(fleet), () => expiry.IsCompleted));
            lengths.Add(expiry.Result.TotalMilliseconds);
            registrations.Add(registering.Result);
            pauses.Add((GC.GetTotalPauseDuration() - paused).TotalMilliseconds);
        }

        return new Measurement(Figures(renewals, registrations, lengths, pauses, calm), Notes(renewals));
    }

    private static Figure[] Figures(
        List<Waits> renewals,
        List<Waits> registrations,
        List<double> lengths,
        List<double> pauses,
        Waits calm
    )
    {
        string control = string.Create(
            CultureInfo.InvariantCulture,
            $"without an expiry: p99.9 {calm.Percentile(0.999):G3} ms, longest {calm.Max:G3} ms"
        );
        return
        [
            new("330k of 1M leases end at once: longest wait of a heartbeat", Spread.Of(renewals.Select(w => w.Max)), "ms")
            {
                Control = control,
                Ship = 100,
                Target = 10,
            },
            new("the same: p99.9 of the heartbeats", Spread.Of(renewals.Select(w => w.Percentile(0.999))), "ms"),
            new("the same: longest wait of a registration", Spread.Of(registrations.Select(w => w.Max)), "ms"),
            new("the same: how long it takes until all are gone", Spread.Of(lengths), "ms"),
            new("the same: all threads stopped by the garbage collector, in all", Spread.Of(pauses), "ms"),
        ];
    }

    private static string Notes(List<Waits> renewals) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Heartbeats come on a schedule, by handle and by key in turn: offered {renewals[0].Offered:N0}/s, achieved {renewals.Min(w => w.Achieved):N0}/s; {RegistrationsPerSecond} registrations/s beside them."
        );

    // The first of all get a short lease; all others are renewed.
    private static void Populate(FleetRegistry fleet)
    {
        for (int i = 0; i < Mortals; i++)
        {
            Registration mortal = fleet.Fleet.Registration(i) with { LeaseDuration = s_mortalLease };
            fleet.Registry.Register(mortal, fleet.Now);
        }

        if (fleet.Registry.Renew(fleet.Handles.AsSpan(Mortals), fleet.Now, new int[TargetSize.Million - Mortals]) > 0)
        {
            throw new InvalidOperationException("a lease that was renewed has ended");
        }
    }

    private static TimeSpan Expire(FleetRegistry fleet)
    {
        fleet.Clock.Pass(s_mortalLease);
        long start = Stopwatch.GetTimestamp();
        int expired = 0;
        while (expired < Mortals)
        {
            fleet.Clock.Pass(fleet.Registry.Options.WheelTick);
            expired += fleet.Registry.Advance(fleet.Now).Expired;
        }

        return expired == Mortals
            ? Stopwatch.GetElapsedTime(start)
            : throw new InvalidOperationException($"{expired} leases ended where {Mortals} were over");
    }

    private static Waits Calm(FleetRegistry fleet)
    {
        var wait = Stopwatch.StartNew();
        return OpenLoop.Run(RenewalsPerSecond, Renewing(fleet), () => wait.Elapsed > s_calm);
    }

    private static Action<int> Renewing(FleetRegistry fleet)
    {
        const int Keys = 100_000;
        var keys = new PackedKeys(Enumerable.Range(0, Keys).Select(i => fleet.Fleet.Key(Immortal(i))), Keys);
        return i =>
        {
            MonotonicTime now = fleet.Now;
            int known = i % Keys;
            bool renewed = i % 2 == 0
                ? fleet.Registry.Renew(fleet.Handles[Immortal(i)], now)
                : fleet.Registry.Renew(new InstanceKey(keys.Service(known), keys.Id(known)), null, now).Outcome == RenewOutcome.Same;
            if (!renewed)
            {
                throw new InvalidOperationException($"instance {Immortal(i)} is renewed and was refused");
            }
        };
    }

    // Spread over all that stay: neighbours in the table are not neighbours in time.
    private static int Immortal(int i) => Mortals + (int)((long)i * 7_919 % (TargetSize.Million - Mortals));
}
