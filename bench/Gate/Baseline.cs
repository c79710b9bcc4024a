using System.Text.Json;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Gate;

/// <summary>The figures that the gate compares with: a committed file, replaced only on purpose.</summary>
/// <param name="Date">When it was measured, UTC.</param>
/// <param name="Machine">On what.</param>
/// <param name="Pairs">Figures by name of the pair.</param>
internal sealed record Baseline(string Date, MachineFacts Machine, IReadOnlyDictionary<string, GateFigures> Pairs)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The baseline in <paramref name="file"/>; null if there is none.</summary>
    public static Baseline? Read(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<Baseline>(File.ReadAllText(file), s_json) : null;

    /// <summary>Figures of a pair; null if it has none.</summary>
    public GateFigures? Of(string pair) => Pairs.TryGetValue(pair, out GateFigures figures) ? figures : null;

    /// <summary>Writes it to <paramref name="file"/>.</summary>
    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");
    }
}
