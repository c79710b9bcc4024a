using System.Diagnostics;
using System.Text.RegularExpressions;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>What nodes hold, instance by instance, as <c>/v1</c> tells it: compared until all hold the same.</summary>
internal static partial class Contents
{
    private const int DifferencesShown = 5;

    // Larger than Wait.Deadline: a repair is begun again after 30 s if both sides were in the middle of something.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan s_worthSaying = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until all nodes hold the same, and that is what <paramref name="isWhole"/> wants.</summary>
    /// <returns>How long it took, and the ids that all hold.</returns>
    public static async Task<(TimeSpan Took, IReadOnlySet<string> Ids)> AgreeAsync(
        IReadOnlyList<ServerProcess> nodes,
        Func<IReadOnlySet<string>, string?> isWhole,
        Action<string> say
    )
    {
        string? said = null;
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            Dictionary<string, string>[] contents = await Task.WhenAll(nodes.Select(ReadAsync));
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            var ids = contents[0].Keys.ToHashSet();
            string? missing = Differences(contents) ?? isWhole(ids);
            if (missing is null)
            {
                return (took, ids);
            }

            string summary = missing.Split('\n')[0];
            if (summary != said && took > s_worthSaying)
            {
                say($"not yet the same after {took.TotalSeconds:0.0} s: {summary}");
                said = summary;
            }

            if (took > s_deadline)
            {
                string logs = string.Join("", nodes.Select(node => $"\n--- {node.BaseUrl}\n{node.Errors}"));
                throw new TimeoutException($"After {took.TotalSeconds:0} s: {missing}{logs}");
            }

            await Task.Delay(s_pace);
        }
    }

    private static async Task<Dictionary<string, string>> ReadAsync(ServerProcess node)
    {
        await using IRegistryLink link = await Dial.OpenAsync(node, "http");
        RegistryUpdate update = await link.ReadAsync(InstanceFilter.All);
        return update.Instances.ToDictionary(instance => instance.ToString(), Line);
    }

    // All but what is of one node: numbers, versions, and when it heard of it.
    private static string Line(Instance instance) =>
        $"{OfOneNode().Replace(Portrait.Of(instance), "")}revision={instance.Revision};override={instance.Override};registered={instance.RegisteredAtMs}";

    private static string? Differences(Dictionary<string, string>[] contents)
    {
        for (int node = 1; node < contents.Length; node++)
        {
            string[] other =
            [
                .. contents[0].Keys.Union(contents[node].Keys).Where(key => contents[0].GetValueOrDefault(key) != contents[node].GetValueOrDefault(key)),
            ];
            if (other.Length > 0)
            {
                IEnumerable<string> shown = other
                    .Take(DifferencesShown)
                    .Select(key => $"\n0: {contents[0].GetValueOrDefault(key, "-")}\n{node}: {contents[node].GetValueOrDefault(key, "-")}");
                return $"nodes 0 and {node} differ in {other.Length} instances ({contents[0].Count} and {contents[node].Count}): {string.Join("", shown)}";
            }
        }

        return null;
    }

    [GeneratedRegex("version=[^;]*;last=[^;]*;")]
    private static partial Regex OfOneNode();
}
