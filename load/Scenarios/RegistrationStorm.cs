using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>All instances register within a short time: a data centre that comes back.</summary>
internal static class RegistrationStorm
{
    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        ProcessReading? before = target.Process?.Read();
        report.Add(await fleet.RegisterAllAsync(settings.Duration));
        report.AddUse("while they registered", before, target);
        fleet.Check(await fleet.ReadAllAsync(), report);
    }
}
