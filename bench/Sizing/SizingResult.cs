using System.Text.Json;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Sizing;

/// <summary>What one activity cost.</summary>
/// <param name="Activity">Which.</param>
/// <param name="Count">Of what it is made: renewals, changes, differences, instances.</param>
/// <param name="Seconds">Simulated time: of steady renewals how long they were counted, else from the last event until all nodes hold the same.</param>
/// <param name="LinkBytes">Over the busiest link, one way.</param>
/// <param name="NodeBytes">Out of the busiest node.</param>
/// <param name="Bytes">Over all links.</param>
/// <param name="Messages">Over all links.</param>
/// <param name="Records">In those messages.</param>
/// <param name="NodeCpu">Processor seconds of the busiest node, coding included.</param>
/// <param name="Cpu">Of all nodes.</param>
internal sealed record SizingActivity(
    string Activity,
    long Count,
    double Seconds,
    long LinkBytes,
    long NodeBytes,
    long Bytes,
    long Messages,
    long Records,
    double NodeCpu,
    double Cpu
);

/// <summary>What a case gave: one entry of <c>bench/results/sizing.json</c>.</summary>
/// <param name="Case">The cluster.</param>
/// <param name="Commit">Of the working copy; with a plus if something was changed.</param>
/// <param name="Date">UTC.</param>
/// <param name="Machine">On what.</param>
/// <param name="NodeMemory">Bytes kept by a node.</param>
/// <param name="Activities">What it did.</param>
internal sealed record SizingResult(
    SizingCase Case,
    string Commit,
    string Date,
    MachineFacts Machine,
    long NodeMemory,
    IReadOnlyList<SizingActivity> Activities
)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static string FileName => RepositoryFiles.PathOf("bench/results/sizing.json");

    /// <summary>All on file, small clusters first.</summary>
    public static IReadOnlyList<SizingResult> ReadAll() =>
        File.Exists(FileName) ? JsonSerializer.Deserialize<SizingResult[]>(File.ReadAllText(FileName), s_json)! : [];

    /// <summary>Puts it on file in place of that of the same case.</summary>
    public void Write()
    {
        SizingResult[] all =
        [
            .. ReadAll()
                .Where(other => other.Case != Case)
                .Append(this)
                .OrderBy(result => result.Case.Nodes)
                .ThenBy(result => result.Case.Regions)
                .ThenBy(result => result.Case.Shape)
                .ThenBy(result => (result.Case.Batch, result.Case.InFlight, result.Case.Rate))
                .ThenBy(result => result.Case.Instances),
        ];
        File.WriteAllText(FileName, JsonSerializer.Serialize(all, s_json) + "\n");
    }
}
