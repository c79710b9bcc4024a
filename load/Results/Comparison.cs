using System.Globalization;
using Rollcall.Bench.Pairing;

namespace Rollcall.Load.Results;

/// <summary>How one quantity of run B stands to that of run A.</summary>
internal enum ComparisonVerdict
{
    /// <summary>Within the margin.</summary>
    Same,

    /// <summary>Better by more than the margin.</summary>
    Better,

    /// <summary>Worse by more than the margin.</summary>
    Worse,

    /// <summary>In one of the two runs only, or with nothing to compare.</summary>
    NotComparable,
}

/// <summary>One quantity in two runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="A">Its seconds in run A: median, lowest and highest.</param>
/// <param name="B">Its seconds in run B.</param>
/// <param name="MoreIsBetter">Of rates.</param>
/// <remarks>
/// What differs from second to second within a run differs from run to run as well. So the margin of a quantity is its own spread:
/// how far its quartiles are from its median, in the run where that is more, and never below <see cref="MarginMin"/>.
/// </remarks>
internal sealed record ComparedQuantity(string Name, Quartiles A, Quartiles B, bool MoreIsBetter)
{
    /// <summary>Two runs of the same thing on one machine differ by that much.</summary>
    public const double MarginMin = 0.1;

    /// <summary>B over A.</summary>
    public double Ratio => B.Median / A.Median;

    /// <summary>How far the ratio may be from 1: 0.1 is a tenth more, or a tenth less the other way round.</summary>
    public double Margin => Math.Max(MarginMin, Math.Max(A.RelativeSpread, B.RelativeSpread));

    public ComparisonVerdict Verdict =>
        A.Count == 0 || B.Count == 0 || A.Median <= 0 || B.Median <= 0 ? ComparisonVerdict.NotComparable
        : Ratio <= 1 + Margin && Ratio >= 1 / (1 + Margin) ? ComparisonVerdict.Same
        : Ratio > 1 == MoreIsBetter ? ComparisonVerdict.Better
        : ComparisonVerdict.Worse;
}

/// <summary>The middle of what was taken several times, and how far it spreads.</summary>
internal readonly record struct Quartiles(double Low, double Median, double High, int Count)
{
    /// <summary>How far the quartiles are from the median, as a share of it.</summary>
    public double RelativeSpread => Median <= 0 ? 0 : Math.Max(High - Median, Median - Low) / Median;

    public static Quartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? default
            : new Quartiles(sorted[sorted.Length / 4], Spread.Of(sorted).Median, sorted[sorted.Length * 3 / 4], sorted.Length);
    }
}

/// <summary>Two runs of a scenario, quantity by quantity.</summary>
/// <param name="Quantities">Those of each step and of the server.</param>
/// <param name="Differences">What was not the same about the runs themselves: then the verdicts say little.</param>
internal sealed record Comparison(IReadOnlyList<ComparedQuantity> Quantities, IReadOnlyList<string> Differences)
{
    /// <summary>True if something is worse, or run B was wrong.</summary>
    public bool IsWorse => Quantities.Any(quantity => quantity.Verdict == ComparisonVerdict.Worse);

    public static Comparison Of(RunResult a, RunResult b)
    {
        var quantities = new List<ComparedQuantity>();
        foreach (string step in a.Steps.Concat(b.Steps).Select(step => step.Name).Distinct())
        {
            quantities.Add(new($"{step}: achieved/s", OfStep(a, step, s => s.Achieved), OfStep(b, step, s => s.Achieved), MoreIsBetter: true));
            quantities.Add(new($"{step}: p50, ms", OfStep(a, step, s => s.P50), OfStep(b, step, s => s.P50), MoreIsBetter: false));
            quantities.Add(new($"{step}: p99, ms", OfStep(a, step, s => s.P99), OfStep(b, step, s => s.P99), MoreIsBetter: false));
        }

        AddServer("server: % of a core", server => 100 * server.Cores);
        AddServer("server: MB resident", server => server.ResidentMb);
        AddServer("server: MB allocated/s", server => server.AllocatedMb);
        return new Comparison(quantities, [.. DifferencesOf(a, b)]);

        void AddServer(string name, Func<ServerSample, double> value) =>
            quantities.Add(new(name, OfServer(a, value), OfServer(b, value), MoreIsBetter: false));
    }

    // Its first second and its last are cut off somewhere.
    private static Quartiles OfStep(RunResult run, string step, Func<StepSample, double?> value)
    {
        StepSample[] seconds = [.. run.Samples.SelectMany(sample => sample.Steps).Where(s => s.Name == step)];
        return seconds.Length < 3 ? default : Quartiles.Of(seconds[1..^1].Select(value).OfType<double>());
    }

    // Of the longest phase: the others prepare it.
    private static Quartiles OfServer(RunResult run, Func<ServerSample, double> value)
    {
        string? phase = run.Phases.MaxBy(phase => phase.Seconds)?.Name;
        return Quartiles.Of(run.Samples.Where(sample => sample.Phase == phase).Select(sample => sample.Server).OfType<ServerSample>().Select(value));
    }

    private static IEnumerable<string> DifferencesOf(RunResult a, RunResult b)
    {
        if (a.Scenario != b.Scenario)
        {
            yield return $"scenario: {a.Scenario} and {b.Scenario}";
        }

        foreach ((string name, string value) in a.Settings)
        {
            string other = b.Settings.GetValueOrDefault(name, "nothing");
            if (other != value)
            {
                yield return $"{name}: {value} and {other}";
            }
        }

        if (a.Machine with { Load = "" } != b.Machine with { Load = "" })
        {
            yield return $"machine: {a.Machine} and {b.Machine}";
        }

        if (Loaded(a) != Loaded(b))
        {
            yield return $"load average at the start: {a.Machine.Load} and {b.Machine.Load}";
        }

        foreach ((string name, RunResult run) in new[] { ("A", a), ("B", b) }.Where(pair => !pair.Item2.IsRight))
        {
            yield return $"{name} has failed: {run.Problems[0]}";
        }
    }

    // Above one, something else was running.
    private static bool Loaded(RunResult run) =>
        double.TryParse(run.Machine.Load, NumberStyles.Float, CultureInfo.InvariantCulture, out double load) && load > 1;
}
