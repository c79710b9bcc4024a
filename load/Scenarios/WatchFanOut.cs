using System.Globalization;
using Rollcall.Core.Watching;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>Status changes, each to all subscribers, while all instances renew. In the end each holds exactly what the registry holds.</summary>
internal static class WatchFanOut
{
    // What the server may grow by while changes come: rings that fill up, buffers of connections that were busy.
    private const double GrowthMax = 1.15;
    private const long GrowthBytesMax = 32 << 20;

    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        using var ends = new CancellationTokenSource();
        Task beats = fleet.RenewAsync(TimeSpan.FromHours(1), cancellation: ends.Token);

        RegistryUpdate start = await fleet.ReadAllAsync();
        uint[] numbers = fleet.NumbersIn(start);
        var times = new ChangeTimes(1 + (int)numbers.Max());
        await using SubscriberCrowd subscribers = await SubscriberCrowd.StartAsync(run, start, times);

        ProcessReading? before = run.Target.Process?.Read(collect: true);
        RegistryUpdate end = start;
        using (run.Watch(times.Live))
        {
            await run.PhaseAsync(
                "statuses change",
                async () =>
                {
                    double perSecond = Math.Max(1, fleet.Count * run.Settings.ChangePercent / 100);
                    await new StatusChanges(fleet) { Times = times, Numbers = numbers }.RunAsync(run, perSecond);
                    end = await fleet.ReadAllAsync();
                    await subscribers.UntilAsync(end.Version.Number);
                },
                run.Settings.Duration
            );
        }

        ProcessReading? after = run.Target.Process?.Read(collect: true);
        await ends.CancelAsync();
        await beats;
        run.AddLatency(times.Live.Name, times.Latency(), run.Settings.Duration);
        fleet.Check(end);
        subscribers.Check(end, run);
        if (before is not null)
        {
            CheckMemory(run, before, after!);
        }
    }

    private static void CheckMemory(ScenarioRun run, ProcessReading before, ProcessReading after)
    {
        string heaps = string.Create(
            CultureInfo.InvariantCulture,
            $"held by the server after a full collection: {before.HeapBytes / 1e6:F1} MB before the changes, {after.HeapBytes / 1e6:F1} MB after"
        );
        run.Say(heaps);
        run.Check(
            after.HeapBytes < Math.Max(before.HeapBytes * GrowthMax, before.HeapBytes + GrowthBytesMax),
            $"the server's memory is not flat; {heaps}"
        );
    }
}
