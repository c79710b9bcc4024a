namespace Rollcall.Load.Scenarios;

/// <summary>Instances that stay: what a registry does all day.</summary>
internal static class SteadyHeartbeats
{
    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        await run.PhaseAsync("renewing", () => fleet.RenewAsync(run.Settings.Duration), run.Settings.Duration);
        fleet.Check(await fleet.ReadAllAsync());
    }
}
