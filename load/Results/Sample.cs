using Rollcall.Load.Processes;

namespace Rollcall.Load.Results;

/// <summary>What happened within about a second of a run.</summary>
/// <param name="AtSeconds">The end of it, since the run began.</param>
/// <param name="Phase">Which part of the run; null: between two.</param>
/// <param name="Steps">Of each step that was under way.</param>
/// <param name="Server">Of the server's own process; null: it was not started here.</param>
internal sealed record Sample(double AtSeconds, string? Phase, IReadOnlyList<StepSample> Steps, ServerSample? Server);

/// <summary>One step within a sample.</summary>
/// <param name="Offered">Requests per second that were started.</param>
/// <param name="Achieved">Requests per second that were answered well.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="P50">Latency in milliseconds; null: nothing was answered.</param>
/// <param name="P99">Likewise.</param>
internal sealed record StepSample(string Name, double Offered, double Achieved, long Failed, double? P50, double? P99);

/// <summary>The server within a sample.</summary>
/// <param name="Cores">Processor time per second, of one core.</param>
/// <param name="AllocatedMb">Per second.</param>
/// <param name="PausedMs">All threads stopped by the collector, per second.</param>
internal sealed record ServerSample(double Cores, double ResidentMb, double HeapMb, double AllocatedMb, double PausedMs)
{
    public static ServerSample Of(ProcessUse use) =>
        new(
            use.Cores,
            use.To.ResidentBytes / 1e6,
            use.To.HeapBytes / 1e6,
            use.AllocatedBytes / 1e6 / use.Elapsed.TotalSeconds,
            use.Paused.TotalMilliseconds / use.Elapsed.TotalSeconds
        );
}
