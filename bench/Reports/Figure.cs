using System.Text.Json.Serialization;
using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Reports;

/// <summary>How a figure stands to what it must reach.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FigureVerdict>))]
internal enum FigureVerdict
{
    /// <summary>Has no target: said for the reader.</summary>
    Printed,

    /// <summary>At the target or better.</summary>
    Target,

    /// <summary>Good enough to ship, not at the target.</summary>
    Ship,

    /// <summary>Not good enough to ship.</summary>
    Missed,
}

/// <summary>One number, what it was compared with, and what it should be.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">Median, lowest, highest, and how many times it was taken.</param>
/// <param name="Unit">Unit; "x" is a ratio to the control arm.</param>
internal sealed record Figure(string Name, Spread Value, string Unit)
{
    /// <summary>The control arm with its own figure; null if it is a count that needs none.</summary>
    public string? Control { get; init; }

    /// <summary>What must hold.</summary>
    public double? Ship { get; init; }

    /// <summary>What it is built for.</summary>
    public double? Target { get; init; }

    /// <summary>True if more is better.</summary>
    public bool MoreIsBetter { get; init; }

    /// <summary>How it stands.</summary>
    public FigureVerdict Verdict =>
        Ship is null || Target is null ? FigureVerdict.Printed
        : Reaches(Target.Value) ? FigureVerdict.Target
        : Reaches(Ship.Value) ? FigureVerdict.Ship
        : FigureVerdict.Missed;

    private bool Reaches(double bound) => MoreIsBetter ? Value.Median >= bound : Value.Median <= bound;
}
