namespace Rollcall.Load.Scenarios;

/// <summary>Full, delta and one-service reads on a schedule, while all instances renew and some change.</summary>
internal static class Reads
{
    private const double ChangesPerSecond = 20;

    private static readonly ReadRates s_rates = new(FullPerSecond: 2, DeltaPerSecond: 50, ServicePerSecond: 200);

    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        await using Reader reader = await Reader.ConnectAsync(run, fleet);
        await run.PhaseAsync(
            "reading",
            () =>
                Task.WhenAll(
                    fleet.RenewAsync(run.Settings.Duration),
                    new StatusChanges(fleet).RunAsync(run, ChangesPerSecond),
                    reader.RunAsync(s_rates)
                ),
            run.Settings.Duration
        );
        fleet.Check(await fleet.ReadAllAsync());
    }
}
