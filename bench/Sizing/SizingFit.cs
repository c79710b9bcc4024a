namespace Rollcall.Bench.Sizing;

/// <summary>A figure at a size that was not run: a line through the two largest that were.</summary>
/// <remarks>
/// All that a node does is done per renewal, per change, per difference or per instance, on top of what it costs to begin: hence a
/// line. How far it may be trusted says the largest size that was run: the two before it predict it, and miss by <see cref="Miss"/>.
/// </remarks>
/// <param name="At">The figure at the size asked for.</param>
/// <param name="Predicted">The figure at the largest size run, as the two before it predict it.</param>
/// <param name="Run">The same as it was run.</param>
internal readonly record struct SizingFit(double At, double Predicted, double Run)
{
    /// <summary>By how much of it the largest size run was missed.</summary>
    public double Miss => Run == 0 ? 0 : (Predicted - Run) / Run;

    /// <summary>From the figures at sizes, the smallest first; at least three of them.</summary>
    public static SizingFit Of(IReadOnlyList<(double Size, double Figure)> runs, double size) =>
        new(Line(runs[^2], runs[^1], size), Line(runs[^3], runs[^2], runs[^1].Size), runs[^1].Figure);

    private static double Line((double Size, double Figure) a, (double Size, double Figure) b, double size) =>
        b.Figure + ((b.Figure - a.Figure) * (size - b.Size) / (b.Size - a.Size));
}
