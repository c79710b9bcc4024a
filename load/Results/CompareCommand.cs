using System.Globalization;

namespace Rollcall.Load.Results;

/// <summary><c>compare A.json B.json</c>: what became better or worse from one run to another.</summary>
internal static class CompareCommand
{
    private const int Worse = 1;
    private const int WrongUse = 2;

    /// <summary>Compares two files.</summary>
    /// <returns>Exit code: 1 if something is worse, or run B has failed; 2 if there is nothing to compare.</returns>
    public static int Run(string fileA, string fileB, TextWriter output, TextWriter errors)
    {
        try
        {
            RunResult a = RunResult.Read(fileA);
            RunResult b = RunResult.Read(fileB);
            Comparison comparison = Comparison.Of(a, b);
            Print(a, b, comparison, output);
            return comparison.IsWorse || !b.IsRight ? Worse : 0;
        }
        catch (FormatException e)
        {
            errors.WriteLine(e.Message);
            return WrongUse;
        }
    }

    private static void Print(RunResult a, RunResult b, Comparison comparison, TextWriter output)
    {
        output.WriteLine($"A: {a.Command}, {a.Date}, commit {a.Commit}");
        output.WriteLine($"B: {b.Command}, {b.Date}, commit {b.Commit}");
        foreach (string difference in comparison.Differences)
        {
            output.WriteLine($"NOT THE SAME {difference}");
        }

        output.WriteLine($"{"each second's median (quartiles)",-46}{"A",26}{"B",26}{"B/A",9}{"margin",9}  verdict");
        foreach (ComparedQuantity quantity in comparison.Quantities)
        {
            bool compares = quantity.Verdict != ComparisonVerdict.NotComparable;
            string ratio = compares ? string.Create(CultureInfo.InvariantCulture, $"{quantity.Ratio:0.00} x") : "";
            string margin = compares ? string.Create(CultureInfo.InvariantCulture, $"{100 * quantity.Margin:0} %") : "";
            output.WriteLine($"{quantity.Name,-46}{Text(quantity.A),26}{Text(quantity.B),26}{ratio,9}{margin,9}  {Word(quantity.Verdict)}");
        }
    }

    private static string Text(Quartiles value) =>
        value.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{value.Median:G3} ({value.Low:G3}..{value.High:G3})");

    private static string Word(ComparisonVerdict verdict) =>
        verdict switch
        {
            ComparisonVerdict.Same => "same",
            ComparisonVerdict.Better => "better",
            ComparisonVerdict.Worse => "WORSE",
            _ => "nothing to compare",
        };
}
