using System.Globalization;
using System.Text.Json;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Gate;

/// <summary><c>gate</c>: measures the short set, compares with the baseline, prints, and says by its exit code whether all pass.</summary>
internal static class GateCommand
{
    private const int Turns = 9;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Measures and judges.</summary>
    /// <returns>Exit code: 1 if a pair fails.</returns>
    public static int Run()
    {
        Baseline? baseline = Baseline.Read(RepositoryFiles.Baseline);
        var budget = new AllocationBudget(RepositoryFiles.AllocationBudget);
        var lines = new List<GateLine>();
        foreach (GatePair pair in GateSet.Pairs())
        {
            lines.Add(Judge(pair, baseline?.Of(pair.Name), budget.Of(pair.Budget)));
        }

        lines.AddRange(Gone(baseline, lines));
        Print(lines);
        Write(lines);
        return lines.TrueForAll(line => line.Verdict.Passed) ? 0 : 1;
    }

    /// <summary>Measures, and makes what was measured the baseline: a commit of its own, with the reason.</summary>
    public static int UpdateBaseline()
    {
        var pairs = GateSet.Pairs().ToDictionary(pair => pair.Name, pair => pair.Measure(Turns));
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        new Baseline(date, MachineFacts.Read(), pairs).Write(RepositoryFiles.Baseline);
        foreach ((string name, GateFigures figures) in pairs)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {figures.Ratio:G3} x, {figures.Bytes:0.##} B"));
        }

        Console.WriteLine($"written to {RepositoryFiles.Baseline}: commit it with the reason");
        return 0;
    }

    // A neighbour on the machine can spoil one measurement; what is really slower is slower twice.
    private static GateLine Judge(GatePair pair, GateFigures? before, double? budget)
    {
        GateFigures now = pair.Measure(Turns);
        GateVerdict verdict = GateRule.Judge(pair, before, now, budget);
        if (!verdict.Passed && before is not null)
        {
            now = pair.Measure(Turns);
            verdict = GateRule.Judge(pair, before, now, budget);
        }

        return new GateLine(pair.Name, pair.Control.Name, before, now, verdict);
    }

    private static IEnumerable<GateLine> Gone(Baseline? baseline, List<GateLine> lines) =>
        (baseline?.Pairs ?? new Dictionary<string, GateFigures>())
            .Where(pair => !lines.Exists(line => line.Name == pair.Key))
            .Select(pair => new GateLine(
                pair.Key,
                "",
                pair.Value,
                default,
                new GateVerdict(false, "in the baseline and not measured any more: run gate --update-baseline")
            ));

    private static void Print(List<GateLine> lines)
    {
        Console.WriteLine($"{"pair",-52}{"previous",10}{"now",10}{"change",9}{"B before",11}{"B now",11}  verdict");
        foreach (GateLine line in lines)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.Name,-52}{line.Before?.Ratio,8:G3} x{line.Now.Ratio,8:G3} x{line.Change,9:+0%;-0%;0%}{line.Before?.Bytes,11:0.##}{line.Now.Bytes,11:0.##}  {(line.Verdict.Passed ? "" : "FAILED: ")}{line.Verdict.Words}"
                )
            );
        }
    }

    private static void Write(List<GateLine> lines)
    {
        Directory.CreateDirectory(RepositoryFiles.Artifacts);
        var report = new { Machine = MachineFacts.Read(), Lines = lines };
        File.WriteAllText(Path.Combine(RepositoryFiles.Artifacts, "gate.json"), JsonSerializer.Serialize(report, s_json) + "\n");
    }

    /// <summary>One line of the table.</summary>
    private sealed record GateLine(string Name, string Control, GateFigures? Before, GateFigures Now, GateVerdict Verdict)
    {
        /// <summary>Of the ratio, from the baseline to now.</summary>
        public double? Change => (Now.Ratio / Before?.Ratio) - 1;
    }
}
