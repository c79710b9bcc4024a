using Rollcall.Load.Driving;
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
        StepStats beats = await fleet.RenewAsync(settings.Duration);
        report.Add(beats);
        if (before is not null)
        {
            report.Add("while they renewed", new ProcessUse(before, target.Process!.Read()));
        }

        fleet.Check(await fleet.ReadAllAsync(), report);
    }
}
