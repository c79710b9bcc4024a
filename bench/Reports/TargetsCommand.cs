using System.Diagnostics;
using System.Globalization;

namespace Rollcall.Bench.Reports;

/// <summary><c>targets</c>: measures rows at full size, puts them on file, and writes the tables of numbers from all files.</summary>
internal static class TargetsCommand
{
    /// <summary>Measures the rows with these numbers.</summary>
    /// <returns>Exit code: 1 if a figure is not good enough to ship.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<TargetRow> rows)
    {
        var machine = MachineFacts.Read();
        var watch = Stopwatch.StartNew();
        var results = new List<RowResult>();
        foreach (TargetRow row in rows)
        {
            TimeSpan start = watch.Elapsed;
            Console.WriteLine($"row {row.Number}: {row.Quantity}");
            RowResult result = await row.RunAsync(machine);
            result.Write();
            results.Add(result);
            foreach (Figure figure in result.Figures)
            {
                Console.WriteLine($"  {figure.Verdict,-8}{figure.Name}: {figure.Value} {figure.Unit}; {figure.Control}");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  in {(watch.Elapsed - start).TotalSeconds:F0} s"));
            GC.Collect();
        }

        if (NumbersTable.Write(RowResult.ReadAll()) is { } problem)
        {
            Console.Error.WriteLine(problem);
        }

        return results.SelectMany(row => row.Figures).Any(figure => figure.Verdict == FigureVerdict.Missed) ? 1 : 0;
    }

    /// <summary>Those of <paramref name="all"/> named in <paramref name="list"/>, as in "1,2,17"; null if one of them does not exist.</summary>
    public static IReadOnlyList<TargetRow>? Parse(IReadOnlyList<TargetRow> all, string list)
    {
        IEnumerable<TargetRow?> rows = list.Split(',')
            .Select(number => all.FirstOrDefault(row => row.Number.ToString(CultureInfo.InvariantCulture) == number));
        return rows.Contains(null) ? null : [.. rows.OfType<TargetRow>()];
    }
}
