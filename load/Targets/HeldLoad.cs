using System.Globalization;
using System.Net;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Leases;
using Rollcall.Load.Connections;
using Rollcall.Load.Controls;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 8 from outside: a million instances renew every 30 s over TCP for a time, and no lease is lost.</summary>
internal static class HeldLoad
{
    private const int Instances = 1_000_000;
    private const int Services = 5_000;
    private const int Windows = 5;
    private const string ControlName = "a raw socket loop that answers the same frames";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    /// <summary>How long it is held, unless something else is asked for: each instance renews twice.</summary>
    public static readonly TimeSpan Usual = 2 * s_interval;

    /// <param name="duration">How long it is held.</param>
    public static async Task<Measurement> MeasureAsync(TimeSpan duration)
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        await using ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.RawTcp);
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services, lease: 3 * s_interval);
        ProcessReading full = server.Process.Read(collect: true);
        LeaseHandle[] handles = fleet.Shuffled();
        var uses = new List<ProcessUse>();
        var rawUses = new List<ProcessUse>();
        Histogram latency;
        Histogram rawLatency;
        using (var heartbeats = new HeartbeatThread(server.Tcp, handles, s_interval))
        using (var raw = new HeartbeatThread(IPEndPoint.Parse(ControlCommand.AddressOf(control).Authority), handles, s_interval))
        {
            for (int window = 0; window < Windows; window++)
            {
                (ProcessReading from, ProcessReading rawFrom) = (server.Process.Read(), control.Read());
                await Task.Delay(duration / Windows);
                uses.Add(new ProcessUse(from, server.Process.Read()));
                rawUses.Add(new ProcessUse(rawFrom, control.Read()));
            }

            latency = heartbeats.TakeLatency();
            rawLatency = raw.TakeLatency();
        }

        return new Measurement(
            [
                new Figure("1M instances renew every 30 s over TCP: server CPU", Cores(uses), "% of a core")
                {
                    Ship = 100,
                    Target = 25,
                    Control = string.Create(CultureInfo.InvariantCulture, $"{Cores(rawUses).Median:G3} % of a core by {ControlName} at the same time"),
                },
                new Figure("the same: server's resident memory", Spread.Of(uses.Select(use => use.To.ResidentBytes / 1e6)), "MB") { Ship = 1_200, Target = 600 },
                new Figure("the same: answer to a frame of heartbeats, p99", Spread.Exactly(latency.Percentile(0.99).TotalMilliseconds), "ms")
                {
                    Control = $"{LatencyText.Of(rawLatency.Percentile(0.99))} of {ControlName} at the same time",
                },
                new Figure("the same: leases lost", Spread.Exactly(0), "leases") { Ship = 0, Target = 0 },
            ],
            $"Held for {duration.TotalSeconds:N0} s, {Windows} windows; {latency.Count} frames on a schedule, offered and achieved {Instances / s_interval.TotalSeconds:N0} heartbeats/s, "
                + $"one connection; {LatencyText.Of(latency)}; every answer named no unknown handle, or the row would have failed.",
            $"Managed heap after a full collection, before the heartbeats: {full.HeapBytes / 1e6:F0} MB; no document was encoded."
        );
    }

    private static Spread Cores(List<ProcessUse> uses) => Spread.Of(uses.Select(use => 100 * use.Cores));
}
