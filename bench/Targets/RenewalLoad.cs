using System.Globalization;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Leases;

namespace Rollcall.Bench.Targets;

/// <summary>Row 8, the core's part: a million instances that renew every 30 s, and time that is advanced each tick.</summary>
internal static class RenewalLoad
{
    private const int Seconds = 60;
    private const int RenewalSeconds = 30;
    private const int Turns = 5;

    public static Measurement Measure()
    {
        var fleet = new FleetRegistry(TargetSize.Million);
        int ticksPerRound = (int)(TimeSpan.FromSeconds(RenewalSeconds) / fleet.Registry.Options.WheelTick);
        LeaseHandle[] handles = [.. FleetRegistry.Shuffled(fleet.Handles.Length).Select(i => fleet.Handles[i])];
        int rounds = Seconds / RenewalSeconds;
        var load = new Arm(
            "a minute of renewals",
            ticksPerRound * rounds,
            (from, to) => Renew(fleet, handles, from, to, ticksPerRound),
            (long)handles.Length * rounds
        )
        {
            ChunkSize = 50,
        };
        PairedResult result = PairedRun.Measure(load, new RenewalArms(fleet).RawSwap(), Turns);
        Spread cores = Spread.Of(result.Subjects.Select(pass => pass.Nanoseconds * load.Operations / (Seconds * 1e9) * 100));
        return new Measurement(
            [
                new Figure("core: 1M instances renew every 30 s by handle, with time advanced each 20 ms", cores, "% of a core")
                {
                    Control = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Ratios.Time(result.ControlNs.Median)} a raw swap: {100 * result.ControlNs.Median / 1e9 * TargetSize.Million / RenewalSeconds:G2} % of a core"
                    ),
                    Ship = 25,
                    Target = 25,
                },
                new Figure("the same: bytes allocated per lease second", Spread.Exactly(result.SubjectBytes * load.Operations / Seconds), "B"),
            ],
            "The core alone, on a clock moved by hand: the wire and its system calls come on top (load/)."
        );
    }

    private static long Renew(FleetRegistry fleet, LeaseHandle[] handles, int fromTick, int toTick, int ticksPerRound)
    {
        Span<int> unknown = stackalloc int[1 + (handles.Length / ticksPerRound)];
        long renewed = 0;
        for (int tick = fromTick; tick < toTick; tick++)
        {
            fleet.PassTick();
            int part = tick % ticksPerRound;
            int from = (int)((long)handles.Length * part / ticksPerRound);
            int to = (int)((long)handles.Length * (part + 1) / ticksPerRound);
            renewed += to - from - fleet.Registry.Renew(handles.AsSpan(from..to), fleet.Now, unknown);
        }

        return renewed;
    }
}
