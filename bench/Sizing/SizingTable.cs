using System.Globalization;
using System.Text;

namespace Rollcall.Bench.Sizing;

/// <summary>What the simulation gave, for people.</summary>
internal static class SizingTable
{
    /// <summary>One case, for a terminal.</summary>
    public static string Text(SizingResult result)
    {
        var text = new StringBuilder();
        SizingCase of = result.Case;
        text.Append(CultureInfo.InvariantCulture, $"{of.Nodes} nodes, {of.Regions} region(s), {of.Shape}, {of.Instances:N0} instances, ");
        text.Append(CultureInfo.InvariantCulture, $"{result.NodeMemory / 1e6:N0} MB a node\n");
        text.Append("activity           count      seconds    link MB    node MB     all MB  messages    records  node CPU s   CPU s\n");
        foreach (SizingActivity did in result.Activities)
        {
            text.Append(CultureInfo.InvariantCulture, $"{did.Activity,-14}{did.Count,10}{did.Seconds,13:N3}{did.LinkBytes / 1e6,11:N3}{did.NodeBytes / 1e6,11:N3}");
            text.Append(CultureInfo.InvariantCulture, $"{did.Bytes / 1e6,11:N3}{did.Messages,10}{did.Records,11}{did.NodeCpu,12:N3}{did.Cpu,8:N3}\n");
        }

        return text.ToString();
    }
}
