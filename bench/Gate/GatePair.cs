using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Gate;

/// <summary>Two arms that the gate measures, and how far the figures may move from the baseline.</summary>
/// <param name="Name">Key in the baseline.</param>
/// <param name="Subject">The arm that is guarded.</param>
/// <param name="Control">The arm it is compared with.</param>
internal sealed record GatePair(string Name, Arm Subject, Arm Control)
{
    /// <summary>The ratio may be this many times that of the baseline: other machines have other caches.</summary>
    public double RatioMargin { get; init; } = 1.6;

    /// <summary>The bytes may be this many times those of the baseline; 1 where they are the same in every run.</summary>
    public double BytesMargin { get; init; } = 1;

    /// <summary>Entry of the allocation budget that it must keep as well; null if there is none.</summary>
    public string? Budget { get; init; }

    /// <summary>Measures the pair.</summary>
    public GateFigures Measure(int turns)
    {
        PairedResult result = PairedRun.Measure(Subject, Control, turns);
        return new GateFigures(Math.Round(result.Ratio.Median, 4), Math.Round(result.SubjectBytes, 2));
    }
}

/// <summary>What the gate compares from run to run.</summary>
/// <param name="Ratio">Time of the subject over that of the control.</param>
/// <param name="Bytes">Allocated by an operation of the subject.</param>
internal readonly record struct GateFigures(double Ratio, double Bytes);
