using System.Globalization;
using System.Text;

namespace Rollcall.Bench.Sizing;

/// <summary>What the simulation gave, for people.</summary>
internal static class SizingTable
{
    private const double Beyond = 10_000_000;

    private static readonly Func<SizingActivity, double>[] s_figures =
    [
        did => did.Seconds,
        did => did.LinkBytes / 1e6,
        did => did.NodeBytes / 1e6,
        did => did.NodeCpu,
    ];

    /// <summary>One case, for a terminal.</summary>
    public static string Text(SizingResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Name(result.Case)}, {result.Case.Instances:N0} instances, {result.NodeMemory / 1e6:N0} MB a node\n");
        text.Append("activity           count      seconds    link MB    node MB     all MB  messages    records  node CPU s   CPU s\n");
        foreach (SizingActivity did in result.Activities)
        {
            text.Append(CultureInfo.InvariantCulture, $"{did.Activity,-14}{did.Count,10}{did.Seconds,13:N3}{did.LinkBytes / 1e6,11:N3}{did.NodeBytes / 1e6,11:N3}");
            text.Append(CultureInfo.InvariantCulture, $"{did.Bytes / 1e6,11:N3}{did.Messages,10}{did.Records,11}{did.NodeCpu,12:N3}{did.Cpu,8:N3}\n");
        }

        return text.ToString();
    }

    /// <summary>What was run, and what follows from it for 10M: in Markdown.</summary>
    public static string Markdown(IReadOnlyList<SizingResult> results)
    {
        var text = new StringBuilder();
        text.Append("| cluster | instances | MB a node | | of | time s | busiest link MB | busiest node MB out | all links MB | messages | records | busiest node CPU s | all nodes CPU s |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (SizingResult result in results)
        {
            foreach (SizingActivity did in result.Activities)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Name(result.Case)} | {result.Case.Instances:N0} | {result.NodeMemory / 1e6:N0} | {did.Activity} | {did.Count:N0} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Shown(did.Seconds)} | {Shown(did.LinkBytes / 1e6)} | {Shown(did.NodeBytes / 1e6)} | {Shown(did.Bytes / 1e6)} ");
                text.Append(CultureInfo.InvariantCulture, $"| {did.Messages:N0} | {did.Records:N0} | {Shown(did.NodeCpu)} | {Shown(did.Cpu)} |\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"\nExtrapolated to {Beyond:N0} instances, along the line through the two largest sizes run. In brackets how far such a line missed the ");
        text.Append("largest size that was run: what the two sizes below it predict, against what it was.\n\n");
        text.Append("| cluster | | time s | busiest link MB | busiest node MB out | busiest node CPU s | GB a node |\n|---|---|---|---|---|---|---|\n");
        foreach (SizingResult[] sizes in results.GroupBy(result => result.Case with { Instances = 0 }).Select(group => group.ToArray()))
        {
            foreach (string activity in sizes.Length < 3 ? [] : sizes[^1].Activities.Select(did => did.Activity))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Name(sizes[0].Case)} | {activity} |");
                foreach (Func<SizingActivity, double> figure in s_figures)
                {
                    text.Append(CultureInfo.InvariantCulture, $" {Shown(Fit(sizes, result => figure(result.Activities.Single(did => did.Activity == activity))))} |");
                }

                text.Append(CultureInfo.InvariantCulture, $" {Shown(Fit(sizes, result => result.NodeMemory / 1e9))} |\n");
            }
        }

        text.Append('\n');
        foreach (var same in results.GroupBy(result => (result.Date, result.Commit, result.Machine with { Load = "" })))
        {
            text.Append(CultureInfo.InvariantCulture, $"{same.Key.Date}, commit {same.Key.Commit}, {same.Key.Item3.Processor}, {same.Key.Item3.Cores} cores, ");
            text.Append(CultureInfo.InvariantCulture, $"{same.Key.Item3.Runtime}: {same.Count()} runs, load {string.Join(", ", same.Select(result => result.Machine.Load))}.\n");
        }

        return text.ToString();
    }

    private static SizingFit Fit(SizingResult[] sizes, Func<SizingResult, double> figure) =>
        SizingFit.Of([.. sizes.Select(result => ((double)result.Case.Instances, figure(result)))], Beyond);

    // What is as by default is not said.
    private static string Name(SizingCase of)
    {
        var usual = new SizingCase(of.Nodes, of.Regions, of.Shape, of.Instances);
        var name = new StringBuilder();
        name.Append(of.Nodes == 1 ? "1 node" : $"{of.Nodes} nodes, {of.Shape.ToString().ToLowerInvariant()}");
        name.Append(of.Regions == 1 ? ", 1 region" : $", {of.Regions} regions");
        name.Append(of.FarMs == usual.FarMs ? "" : $", {of.FarMs:0.##} ms");
        name.Append(of.MbitPerSecond == usual.MbitPerSecond ? "" : $", {of.MbitPerSecond:0.##} Mbit/s");
        name.Append(of.WindowMib == usual.WindowMib ? "" : $", window {of.WindowMib:0.##} MiB");
        name.Append((of.Batch, of.InFlight) == (usual.Batch, usual.InFlight) ? "" : $", {of.InFlight} batches of {of.Batch}");
        name.Append(of.Rate == usual.Rate ? "" : $", {of.Rate:N0} changes/s");
        return name.ToString();
    }

    private static string Shown(SizingFit fit) => string.Create(CultureInfo.InvariantCulture, $"{Shown(fit.At)} ({100 * fit.Miss:+0;-0;0} %)");

    private static string Shown(double value) =>
        value >= 100 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("G3", CultureInfo.InvariantCulture);
}
