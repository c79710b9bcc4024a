using Rollcall.Core.Watching;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>A third of the instances fall silent at once: their leases end, and nobody else notices.</summary>
internal static class ZoneLoss
{
    private const int LostOf = 3;
    private const int IntervalsOfALease = 3;

    // Leases end a few ticks late, and a third of a million takes seconds.
    private static readonly TimeSpan s_expiresWithin = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        await fleet.RegisterAllAsync();
        int left = fleet.Count - (fleet.Count / LostOf);
        using var ends = new CancellationTokenSource();
        ProcessReading? before = target.Process?.Read();
        Task<StepStats> beats = fleet.RenewAsync(TimeSpan.FromHours(1), left, ends.Token);
        RegistryUpdate held = await fleet.ReadAllAsync();
        await Deadline.UntilAsync(
            async () => (held = await fleet.ReadAllAsync()).Instances.Count <= left,
            () => $"{left} instances are left; {held.Instances.Count} are",
            (IntervalsOfALease * settings.Interval) + s_expiresWithin
        );
        await Task.Delay(settings.Duration); // the others stay
        await ends.CancelAsync();
        report.Add(await beats);
        report.AddUse("while a third expired", before, target);
        fleet.Check(await fleet.ReadAllAsync(), report, instances: left);
    }
}
