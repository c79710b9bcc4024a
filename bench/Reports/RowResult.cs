using System.Globalization;
using System.Text.Json;

namespace Rollcall.Bench.Reports;

/// <summary>One row of the targets as measured: the content of one file in <c>bench/results</c>.</summary>
/// <param name="Row">Number of the row.</param>
/// <param name="Quantity">What the row is about.</param>
/// <param name="Command">Repeats it.</param>
/// <param name="Date">When it was measured, UTC.</param>
/// <param name="Machine">On what.</param>
/// <param name="Figures">The numbers.</param>
/// <param name="Notes">What a reader must know to judge them.</param>
internal sealed record RowResult(
    int Row,
    string Quantity,
    string Command,
    string Date,
    MachineFacts Machine,
    IReadOnlyList<Figure> Figures,
    IReadOnlyList<string> Notes
)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>All rows on file, in order.</summary>
    public static IReadOnlyList<RowResult> ReadAll() =>
        Directory.Exists(RepositoryFiles.Results)
            ? [.. Directory.EnumerateFiles(RepositoryFiles.Results, "row-*.json").Select(Read).OrderBy(row => row.Row)]
            : [];

    /// <summary>Puts the row on file in place of the one that was there.</summary>
    public void Write()
    {
        Directory.CreateDirectory(RepositoryFiles.Results);
        string name = string.Create(CultureInfo.InvariantCulture, $"row-{Row:00}.json");
        File.WriteAllText(Path.Combine(RepositoryFiles.Results, name), JsonSerializer.Serialize(this, s_json) + "\n");
    }

    private static RowResult Read(string file) =>
        JsonSerializer.Deserialize<RowResult>(File.ReadAllText(file), s_json)
        ?? throw new InvalidOperationException($"{file} holds no row; delete it and measure the row again");
}
