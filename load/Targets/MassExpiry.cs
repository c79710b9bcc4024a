using System.Diagnostics;
using System.Globalization;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 17 from outside: how long a heartbeat waits while 330,000 of a million leases end at once.</summary>
internal static class MassExpiry
{
    private const int Repeats = 5;
    private const int Instances = 1_000_000;
    private const int Mortals = 330_000;
    private const int Services = 5_000;

    // A frame each millisecond: what holds the server up for longer is seen by several.
    private const int FramesPerSecond = 1_000;

    private const string VersionHeader = "X-Rollcall-Version";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_mortalLease = TimeSpan.FromSeconds(8);

    // The calm before: the control arm of each repeat.
    private static readonly TimeSpan s_calmEndsBefore = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_goneWithin = TimeSpan.FromMinutes(2);

    public static async Task<Measurement> MeasureAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync("--guard", "off");
        WireFleet stay = await WireFleet.RegisterAsync(server.Tcp, Instances - Mortals, Services);
        using var http = new HttpClient { BaseAddress = server.Http };
        var repeats = new List<Repeat>();
        using (var heartbeats = new HeartbeatThread(server.Tcp, stay.Shuffled(), s_interval, FramesPerSecond))
        {
            for (int i = 0; i < Repeats; i++)
            {
                repeats.Add(await RepeatAsync(server, http, heartbeats));
            }
        }

        string calm = string.Create(
            CultureInfo.InvariantCulture,
            $"without an expiry: p99.9 {Of(r => Ms(r.Calm, 0.999)).Median:G3} ms, longest {Of(r => r.Calm.Max.TotalMilliseconds).Median:G3} ms"
        );
        return new Measurement(
            [
                new Figure("over TCP, 330k of 1M leases end at once: longest wait of a heartbeat", Of(r => r.Busy.Max.TotalMilliseconds), "ms")
                {
                    Control = calm,
                    Ship = 100,
                    Target = 10,
                },
                new Figure("over TCP, the same: p99.9 of the heartbeats", Of(r => Ms(r.Busy, 0.999)), "ms") { Control = calm },
                new Figure("over TCP, the same: from the end of the leases until all are gone", Of(r => r.Gone.TotalMilliseconds), "ms"),
                new Figure("over TCP, the same: all threads stopped by the garbage collector, in all", Of(r => r.Paused.TotalMilliseconds), "ms"),
            ],
            $"Guard off. Those that stay renew every {s_interval.TotalSeconds} s in {FramesPerSecond:N0} frames a second on one connection, on a schedule, "
                + "counted from when each frame was due; the calm is the time before the leases end, in each repeat.",
            "That all are gone is seen by the version, and all of them are renewed then: each must be unknown."
        );

        Spread Of(Func<Repeat, double> value) => Spread.Of(repeats.Select(value));
    }

    private static async Task<Repeat> RepeatAsync(ServerUnderLoad server, HttpClient http, HeartbeatThread heartbeats)
    {
        WireFleet mortals = await WireFleet.RegisterAsync(server.Tcp, Mortals, Services, s_mortalLease, first: Instances - Mortals);
        ulong full = await VersionAsync(http);
        using var connection = new FrameConnection(server.Tcp);
        if (WireFleet.Renew(connection, mortals.Handles) is > 0 and int ended)
        {
            throw new InvalidOperationException($"{ended} leases ended before all were registered: this machine is too slow for leases of {s_mortalLease.TotalSeconds} s");
        }

        long endsAt = Stopwatch.GetTimestamp() + (long)(s_mortalLease.TotalSeconds * Stopwatch.Frequency);
        heartbeats.TakeLatency();
        await Task.Delay(s_mortalLease - s_calmEndsBefore);
        Histogram calm = heartbeats.TakeLatency();
        ProcessReading before = server.Process.Read();
        ulong version = full;
        await Deadline.UntilAsync(
            async () => (version = await VersionAsync(http)) >= full + Mortals,
            () => $"{Mortals} leases are gone; {version - full} are",
            s_goneWithin
        );
        TimeSpan gone = Stopwatch.GetElapsedTime(endsAt);
        Histogram busy = heartbeats.TakeLatency();
        TimeSpan paused = new ProcessUse(before, server.Process.Read()).Paused;
        int unknown = WireFleet.Renew(connection, mortals.Handles);
        return unknown == Mortals
            ? new Repeat(calm, busy, gone, paused)
            : throw new InvalidOperationException($"{Mortals - unknown} leases are renewed that have ended");
    }

    // Of a read that finds nothing: it costs the server next to nothing.
    private static async Task<ulong> VersionAsync(HttpClient http)
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri("v1/instances?service=nobody", UriKind.Relative));
        string version = answer.EnsureSuccessStatusCode().Headers.GetValues(VersionHeader).Single();
        return ulong.Parse(version.Split('-')[1], CultureInfo.InvariantCulture);
    }

    private static double Ms(Histogram latency, double share) => latency.Percentile(share).TotalMilliseconds;

    private sealed record Repeat(Histogram Calm, Histogram Busy, TimeSpan Gone, TimeSpan Paused);
}
