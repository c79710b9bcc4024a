using System.Globalization;

namespace Rollcall.Bench.Gate;

/// <summary>Decides whether a pair passes: bytes exactly, time only as a ratio and with a wide margin.</summary>
internal static class GateRule
{
    /// <summary>Judges <paramref name="now"/>.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="before">The baseline; null if it has no such pair.</param>
    /// <param name="now">Just measured.</param>
    /// <param name="budgetBytes">Entry of the allocation budget; null if the pair has none.</param>
    public static GateVerdict Judge(GatePair pair, GateFigures? before, GateFigures now, double? budgetBytes)
    {
        if (before is not { } baseline)
        {
            return Fail("no baseline: run gate --update-baseline and commit it");
        }

        double bytesMax = baseline.Bytes * pair.BytesMargin;
        if (now.Bytes > bytesMax)
        {
            return Fail($"allocates {now.Bytes:0.##} B, baseline allows {bytesMax:0.##} B");
        }

        if (now.Bytes > budgetBytes)
        {
            return Fail($"allocates {now.Bytes:0.##} B, the budget {pair.Budget} is {budgetBytes:0.##} B");
        }

        double ratioMax = baseline.Ratio * pair.RatioMargin;
        return now.Ratio > ratioMax ? Fail($"{now.Ratio:G3} x its control, baseline allows {ratioMax:G3} x") : new GateVerdict(true, "ok");
    }

    private static GateVerdict Fail(FormattableString why) => new(false, why.ToString(CultureInfo.InvariantCulture));

    private static GateVerdict Fail(string why) => new(false, why);
}

/// <summary>Outcome for one pair.</summary>
/// <param name="Passed">False stops the build.</param>
/// <param name="Words">Why.</param>
internal readonly record struct GateVerdict(bool Passed, string Words);
