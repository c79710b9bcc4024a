using System.Globalization;
using System.Text.Json;

namespace Rollcall.Bench.Reports;

/// <summary>One row of the targets as measured: the content of one file in <c>bench/results</c> or <c>load/results</c>.</summary>
/// <param name="Row">Number of the row.</param>
/// <param name="Project">Which project measured it: <c>bench</c> inside one process, <c>load</c> from outside.</param>
/// <param name="Quantity">What the row is about.</param>
/// <param name="Command">Repeats it.</param>
/// <param name="Date">When it was measured, UTC.</param>
/// <param name="Machine">On what.</param>
/// <param name="Figures">The numbers.</param>
/// <param name="Notes">What a reader must know to judge them.</param>
internal sealed record RowResult(
    int Row,
    string Project,
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
        [
            .. RepositoryFiles
                .Results.Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "row-*.json"))
                .Select(Read)
                .OrderBy(row => row.Row)
                .ThenBy(row => row.Project, StringComparer.Ordinal),
        ];

    /// <summary>Puts the row on file in place of the one that was there.</summary>
    public void Write()
    {
        string folder = RepositoryFiles.PathOf($"{Project}/results");
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"row-{Row:00}.json");
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(this, s_json) + "\n");
    }

    private static RowResult Read(string file) =>
        JsonSerializer.Deserialize<RowResult>(File.ReadAllText(file), s_json)
        ?? throw new InvalidOperationException($"{file} holds no row; delete it and measure the row again");
}
