using System.Globalization;
using System.Text.Json;
using Rollcall.Bench;
using Rollcall.Bench.Reports;

namespace Rollcall.Load.Results;

/// <summary>A figure as it was at one time.</summary>
/// <param name="Row">Row of the targets.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">"x", a ratio to a control arm, or a count such as B: no time that depends on the machine.</param>
/// <param name="Target">What it is built for; null: nothing is said.</param>
internal sealed record HistoryFigure(int Row, string Name, double Median, double Min, double Max, string Unit, double? Target);

/// <summary>All ratios and counts on file at one time: a line of the history.</summary>
/// <param name="Date">UTC.</param>
/// <param name="Commit">Of the working copy.</param>
/// <param name="Machine">On what the newest of them was measured.</param>
/// <param name="Figures">In order of their rows.</param>
internal sealed record HistoryEntry(string Date, string Commit, string Machine, IReadOnlyList<HistoryFigure> Figures)
{
    private static readonly string[] s_units = ["x", "B", "leases", "instances"];

    /// <summary>What the rows on file say now.</summary>
    public static HistoryEntry Of(IReadOnlyList<RowResult> rows, string date, string commit) =>
        new(
            date,
            commit,
            rows.OrderBy(row => row.Date, StringComparer.Ordinal).LastOrDefault()?.Machine.Processor ?? "",
            [
                .. rows.SelectMany(row =>
                    row.Figures.Where(figure => s_units.Contains(figure.Unit))
                        .Select(figure => new HistoryFigure(
                            row.Row,
                            figure.Name,
                            figure.Value.Median,
                            figure.Value.Min,
                            figure.Value.Max,
                            figure.Unit,
                            figure.Target
                        ))
                ),
            ]
        );
}

/// <summary>Ratios and counts over the life of the project: a committed file that grows by one line at a time, on purpose.</summary>
internal static class History
{
    /// <summary>One line of JSON for each entry, oldest first.</summary>
    public static string File { get; } = RepositoryFiles.PathOf("load/history.jsonl");

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>All entries of a file; none, if it is not there.</summary>
    /// <exception cref="FormatException">A line is no entry.</exception>
    public static IReadOnlyList<HistoryEntry> Read(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            return [];
        }

        var entries = new List<HistoryEntry>();
        foreach ((int i, string line) in System.IO.File.ReadLines(file).Index())
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize<HistoryEntry>(line, s_json)!);
            }
            catch (JsonException e)
            {
                throw new FormatException($"{file}, line {i + 1} is no entry of the history: {e.Message}", e);
            }
        }

        return entries;
    }

    /// <summary>Adds an entry at the end.</summary>
    public static void Append(string file, HistoryEntry entry) => System.IO.File.AppendAllText(file, JsonSerializer.Serialize(entry, s_json) + "\n");

    /// <summary><c>history append</c>: what is on file now becomes part of the history.</summary>
    public static int AppendNow()
    {
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var entry = HistoryEntry.Of(RowResult.ReadAll(), date, SourceCommit.Read());
        Append(File, entry);
        Console.WriteLine($"{entry.Figures.Count} ratios and counts appended to {File}: commit it together with the results");
        return 0;
    }
}
