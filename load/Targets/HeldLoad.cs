using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 8 from outside: a million instances renew every 30 s over TCP for a minute, and no lease is lost.</summary>
internal static class HeldLoad
{
    private const int Instances = 1_000_000;
    private const int Services = 5_000;
    private const int Windows = 5;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_window = 2 * s_interval / Windows;

    public static async Task<Measurement> MeasureAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services, lease: 3 * s_interval);
        ProcessReading full = server.Process.Read(collect: true);
        var cores = new List<double>();
        var resident = new List<double>();
        Histogram latency;
        using (var heartbeats = new HeartbeatThread(server.Tcp, fleet.Shuffled(), s_interval))
        {
            for (int window = 0; window < Windows; window++)
            {
                ProcessReading from = server.Process.Read();
                await Task.Delay(s_window);
                ProcessReading to = server.Process.Read();
                cores.Add(100 * new ProcessUse(from, to).Cores);
                resident.Add(to.ResidentBytes / 1e6);
            }

            latency = heartbeats.Latency;
        }

        return new Measurement(
            [
                new Figure("1M instances renew every 30 s over TCP: server CPU", Spread.Of(cores), "% of a core") { Ship = 100, Target = 25 },
                new Figure("the same: server's resident memory", Spread.Of(resident), "MB") { Ship = 1_200, Target = 600 },
                new Figure("the same: answer to a frame of heartbeats, p99", Spread.Exactly(latency.Percentile(0.99).TotalMilliseconds), "ms"),
                new Figure("the same: leases lost", Spread.Exactly(0), "leases") { Ship = 0, Target = 0 },
            ],
            $"Two rounds of all, {Windows} windows; {latency.Count} frames on a schedule, offered and achieved {Instances / s_interval.TotalSeconds:N0} heartbeats/s, "
                + $"one connection; {LatencyText.Of(latency)}; every answer named no unknown handle, or the row would have failed.",
            $"Managed heap after a full collection, before the heartbeats: {full.HeapBytes / 1e6:F0} MB; no document was encoded."
        );
    }
}
