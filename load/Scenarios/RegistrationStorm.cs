namespace Rollcall.Load.Scenarios;

/// <summary>All instances register within a short time: a data centre that comes back.</summary>
internal static class RegistrationStorm
{
    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await run.PhaseAsync("registering", () => fleet.RegisterAllAsync(run.Settings.Duration), run.Settings.Duration);
        fleet.Check(await fleet.ReadAllAsync());
    }
}
