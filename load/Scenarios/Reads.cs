using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>Full, delta and one-service reads on a schedule, while all instances renew and some change.</summary>
internal static class Reads
{
    private const double FullPerSecond = 2;
    private const double DeltaPerSecond = 50;
    private const double ServicePerSecond = 200;
    private const double ChangesPerSecond = 20;

    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        await using IRegistryLink reader = await target.ConnectAsync();
        await fleet.RegisterAllAsync();
        RegistryVersion start = (await fleet.ReadAllAsync()).Version;
        InstanceStatus?[] overrides = new InstanceStatus?[fleet.Count];
        string service = fleet.Key(0).Service;
        int ofService = fleet.CountOf(service);
        InstanceFilter one = InstanceFilter.Services(service);
        ProcessReading? before = target.Process?.Read();
        StepStats[] steps = await Task.WhenAll(
            fleet.RenewAsync(settings.Duration),
            Run("set a status", ChangesPerSecond, async (request, cancellation) => await FlipAsync(fleet, overrides, request.Number, cancellation)),
            Run("read in full", FullPerSecond, async (_, cancellation) => (await reader.ReadAsync(InstanceFilter.All, cancellation)).Instances.Count == fleet.Count),
            Run("read changes", DeltaPerSecond, async (_, cancellation) => IsWhole(start, await reader.ReadDeltaAsync(start, cancellation))),
            Run("read one service", ServicePerSecond, async (_, cancellation) => (await reader.ReadAsync(one, cancellation)).Instances.Count == ofService)
        );
        Array.ForEach(steps, report.Add);
        report.AddUse("while it was read", before, target);
        fleet.Check(await fleet.ReadAllAsync(), report, overrides);

        Task<StepStats> Run(string name, double perSecond, Step step) =>
            LoadRun.RunAsync(name, step, LoadSimulation.InjectPoisson(perSecond, settings.Duration));
    }

    private static async ValueTask<bool> FlipAsync(LinkedFleet fleet, InstanceStatus?[] overrides, int number, CancellationToken cancellation)
    {
        int i = number % fleet.Count;
        (string service, string id) = fleet.Key(i);
        overrides[i] = number / fleet.Count % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Up;
        return (await fleet.Link(i).SetStatusAsync(service, id, overrides[i]!.Value, cancellation)).Error is null;
    }

    // Each version since then is one change.
    private static bool IsWhole(RegistryVersion since, in DeltaRead read) =>
        read.Update is { } update && update.Changes.Count == (int)(update.Version.Number - since.Number);
}
