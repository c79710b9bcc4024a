using System.Globalization;

namespace Rollcall.Load.Driving;

/// <summary>What became of one step of a scenario.</summary>
/// <param name="Name">For people.</param>
/// <param name="Offered">Requests per second on the schedule; of a closed loop what came of it.</param>
/// <param name="Achieved">Requests per second answered well, until the last answer.</param>
/// <param name="Ok">How many were answered well.</param>
/// <param name="Failed">How many were not.</param>
/// <param name="Latency">Of those answered well: of an open loop from the intended start.</param>
/// <param name="Errors">The first of each kind.</param>
internal sealed record StepStats(
    string Name,
    double Offered,
    double Achieved,
    long Ok,
    long Failed,
    Histogram Latency,
    IReadOnlyList<string> Errors
)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: offered {Offered:N0}/s, achieved {Achieved:N0}/s, ok {Ok:N0}, failed {Failed:N0}; {LatencyText.Of(Latency)}"
        ) + string.Concat(Errors.Select(error => $"\n    {error}"));
}

/// <summary>Latencies for people.</summary>
internal static class LatencyText
{
    /// <summary>The usual percentiles on one line.</summary>
    public static string Of(Histogram latency) =>
        $"p50 {Of(latency.Percentile(0.5))}, p90 {Of(latency.Percentile(0.9))}, p99 {Of(latency.Percentile(0.99))}, "
        + $"p99.9 {Of(latency.Percentile(0.999))}, p99.99 {Of(latency.Percentile(0.9999))}, max {Of(latency.Max)}";

    /// <summary>A time in the unit that suits it.</summary>
    public static string Of(TimeSpan time) =>
        time.TotalMilliseconds switch
        {
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:G3} us"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:G3} ms"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:G3} s"),
        };
}
