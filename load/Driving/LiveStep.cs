namespace Rollcall.Load.Driving;

/// <summary>What a step has done until now, for whoever watches the run.</summary>
/// <param name="Started">Requests started.</param>
/// <param name="Ok">Answered well.</param>
/// <param name="Failed">Not answered well.</param>
/// <param name="Latency">Of those answered well; may be recorded to while it is read.</param>
internal readonly record struct StepCounts(long Started, long Ok, long Failed, Histogram Latency);

/// <summary>A step that is under way.</summary>
/// <param name="Name">For people.</param>
/// <param name="Read">What it has done until now; from any thread.</param>
internal sealed record LiveStep(string Name, Func<StepCounts> Read)
{
    /// <summary>A load run.</summary>
    public static LiveStep Of(LoadRun run) =>
        new(
            run.Name,
            () =>
            {
                (long started, long ok, long failed) = run.Counts;
                return new StepCounts(started, ok, failed, run.Latency);
            }
        );
}
