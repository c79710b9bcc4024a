using Rollcall.Core.Watching;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>A third of the instances fall silent at once: their leases end, and nobody else notices.</summary>
internal static class ZoneLoss
{
    private const int LostOf = 3;
    private const int IntervalsOfALease = 3;

    // Leases end a few ticks late, and a third of a million takes seconds.
    private static readonly TimeSpan s_expiresWithin = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        int left = fleet.Count - (fleet.Count / LostOf);
        using var ends = new CancellationTokenSource();
        Task beats = fleet.RenewAsync(TimeSpan.FromHours(1), left, cancellation: ends.Token);
        await run.PhaseAsync("a third falls silent", () => UntilLeftAsync(run, fleet, left), IntervalsOfALease * run.Settings.Interval);
        await run.PhaseAsync("the others stay", () => Task.Delay(run.Settings.Duration), run.Settings.Duration);
        await ends.CancelAsync();
        await beats;
        fleet.Check(await fleet.ReadAllAsync(), left);
    }

    private static async Task UntilLeftAsync(ScenarioRun run, LinkedFleet fleet, int left)
    {
        RegistryUpdate held = await fleet.ReadAllAsync();
        await Deadline.UntilAsync(
            async () => (held = await fleet.ReadAllAsync()).Instances.Count <= left,
            () => $"{left} instances are left; {held.Instances.Count} are",
            (IntervalsOfALease * run.Settings.Interval) + s_expiresWithin
        );
    }
}
