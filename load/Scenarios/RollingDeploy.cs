using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>Instances are replaced one after the other, while all renew: a new one starts, is ready, and the old one leaves.</summary>
internal static class RollingDeploy
{
    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        await run.PhaseAsync(
            "deploying",
            () => Task.WhenAll(fleet.RenewAsync(run.Settings.Duration), ReplaceAsync(run, fleet, fleet.Count)),
            run.Settings.Duration
        );
        fleet.Check(await fleet.ReadAllAsync());
    }

    /// <summary>Replaces the first so many slots in turn, as many per minute as the settings say.</summary>
    public static Task ReplaceAsync(ScenarioRun run, LinkedFleet fleet, int slots)
    {
        double perSecond = fleet.Count * run.Settings.DeployPercent / 100 / TimeSpan.FromMinutes(1).TotalSeconds;
        return run.StepAsync(
            "replace an instance",
            (request, cancellation) => fleet.DeployAsync(request.Number % slots, cancellation),
            // At least one, however short the run.
            LoadSimulation.Inject(Math.Max(perSecond, 1 / run.Settings.Duration.TotalSeconds), run.Settings.Duration)
        );
    }
}
