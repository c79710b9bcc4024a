using System.Text.Json;
using Rollcall.Bench.Reports;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Results;

/// <summary>All that a run of a scenario gave: the content of its JSON file. Times are milliseconds unless they say otherwise.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Command">Repeats it.</param>
/// <param name="Date">When it began, UTC.</param>
/// <param name="Commit">What was built.</param>
/// <param name="Machine">On what.</param>
/// <param name="Settings">What it was run with, for people.</param>
/// <param name="Seconds">How long it took in all.</param>
/// <param name="Checks">How many things were looked at.</param>
/// <param name="Problems">What was wrong: if anything, the run has failed whatever its speed.</param>
/// <param name="Notes">What it said meanwhile.</param>
/// <param name="Steps">What became of each step.</param>
/// <param name="Phases">What the server used in each phase.</param>
/// <param name="Samples">What was seen each second.</param>
internal sealed record RunResult(
    string Scenario,
    string Summary,
    string Command,
    string Date,
    string Commit,
    MachineFacts Machine,
    IReadOnlyDictionary<string, string> Settings,
    double Seconds,
    int Checks,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Notes,
    IReadOnlyList<StepResult> Steps,
    IReadOnlyList<PhaseResult> Phases,
    IReadOnlyList<Sample> Samples
)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>True if all that was looked at was right.</summary>
    public bool IsRight => Problems.Count == 0;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">There is no such file, or it holds no run: one line for people.</exception>
    public static RunResult Read(string file)
    {
        try
        {
            RunResult? result = JsonSerializer.Deserialize<RunResult>(File.ReadAllText(file), s_json);
            return result is { Scenario: not null, Steps: not null, Samples: not null }
                ? result
                : throw new FormatException($"{file} is not the result of a run.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{file} is not the result of a run: {e.Message}", e);
        }
    }

    /// <summary>Writes a file.</summary>
    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");
}

/// <summary>What became of a step.</summary>
/// <param name="Offered">Requests per second on the schedule; null: it has none.</param>
/// <param name="Achieved">Requests per second answered well.</param>
internal sealed record StepResult(
    string Name,
    double? Offered,
    double Achieved,
    long Ok,
    long Failed,
    LatencyResult Latency,
    IReadOnlyList<string> Errors
)
{
    public static StepResult Of(StepStats stats) =>
        new(stats.Name, stats.Offered, stats.Achieved, stats.Ok, stats.Failed, LatencyResult.Of(stats.Latency), stats.Errors);
}

/// <summary>Latencies from the intended start, in milliseconds.</summary>
internal sealed record LatencyResult(double P50, double P90, double P99, double P999, double P9999, double Max)
{
    /// <summary>Each with its name, in order.</summary>
    public IReadOnlyList<(string Name, double Ms)> All() =>
        [("p50", P50), ("p90", P90), ("p99", P99), ("p99.9", P999), ("p99.99", P9999), ("max", Max)];

    public static LatencyResult Of(Histogram latency) =>
        new(Ms(latency, 0.5), Ms(latency, 0.9), Ms(latency, 0.99), Ms(latency, 0.999), Ms(latency, 0.9999), latency.Max.TotalMilliseconds);

    private static double Ms(Histogram latency, double share) => latency.Percentile(share).TotalMilliseconds;
}

/// <summary>What the server's own process used in a part of the run.</summary>
/// <param name="Cores">Processor time per second, of one core.</param>
/// <param name="ResidentMb">At the end.</param>
/// <param name="HeapMb">Managed heap at the end, garbage included.</param>
/// <param name="AllocatedMb">In this part.</param>
internal sealed record PhaseResult(
    string Name,
    double Seconds,
    double Cores,
    double ResidentMb,
    double HeapMb,
    double AllocatedMb,
    int Collections,
    int FullCollections,
    double PausedMs
)
{
    public static PhaseResult Of(string name, ProcessUse use) =>
        new(
            name,
            use.Elapsed.TotalSeconds,
            use.Cores,
            use.To.ResidentBytes / 1e6,
            use.To.HeapBytes / 1e6,
            use.AllocatedBytes / 1e6,
            use.To.Collections - use.From.Collections,
            use.To.FullCollections - use.From.FullCollections,
            use.Paused.TotalMilliseconds
        );
}
