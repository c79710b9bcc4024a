using Rollcall.Core.Model;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>Status changes, one instance after the other, out of service and back again: each of them changes something.</summary>
/// <param name="fleet">Whose slots.</param>
/// <param name="first">The first slot that changes; those before it are left alone.</param>
internal sealed class StatusChanges(LinkedFleet fleet, int first = 0)
{
    private const double Jitter = 0.5;

    private readonly int[] _order = Shuffled(first, fleet.Count);

    /// <summary>When each was due, by <see cref="Instance.Number"/> of its instance, for those who follow; null: nobody does.</summary>
    public ChangeTimes? Times { get; init; }

    /// <summary>Number of the instance in each slot, for <see cref="Times"/>.</summary>
    public uint[] Numbers { get; init; } = [];

    /// <summary>Changes so many a second for a time.</summary>
    public Task RunAsync(ScenarioRun run, double perSecond) =>
        run.StepAsync(
            "set a status",
            async (request, cancellation) =>
            {
                int slot = _order[request.Number % _order.Length];
                bool back = request.Number / _order.Length % 2 == 1;
                Times?.Due(Numbers[slot], request.IntendedAt);
                return await fleet.SetStatusAsync(slot, back ? InstanceStatus.Up : InstanceStatus.OutOfService, cancellation);
            },
            LoadSimulation.Inject(perSecond, run.Settings.Duration, Jitter)
        );

    private static int[] Shuffled(int from, int to)
    {
        int[] order = [.. Enumerable.Range(from, to - from)];
        new Random(1).Shuffle(order);
        return order;
    }
}
