using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>Instances that stay: what a registry does all day.</summary>
internal static class SteadyHeartbeats
{
    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        await fleet.RegisterAllAsync();
        ProcessReading? before = target.Process?.Read();
        report.Add(await fleet.RenewAsync(settings.Duration));
        report.AddUse("while they renewed", before, target);
        fleet.Check(await fleet.ReadAllAsync(), report);
    }
}
