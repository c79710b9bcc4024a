using System.Runtime.CompilerServices;

namespace Rollcall.Cluster.Tests.Scenarios;

/// <summary>
/// Stories that people know, as text beside this file: commands, a line <c>----</c>, and what is then to be seen.
/// <c>ROLLCALL_UPDATE_SCENARIOS=1</c> writes what is seen into the files, to be read before it is committed.
/// </summary>
public sealed class ScenarioTests
{
    private static readonly string[] s_stories = [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    public static TheoryData<string> Stories => [.. s_stories];

    [Theory]
    [MemberData(nameof(Stories))]
    public void It_goes_as_it_is_told(string story)
    {
        string path = Path.Combine(Folder(), story + ".txt");
        string told = File.ReadAllText(path);
        string seen = Play(told);
        if (Environment.GetEnvironmentVariable("ROLLCALL_UPDATE_SCENARIOS") == "1")
        {
            File.WriteAllText(path, seen);
        }
        else
        {
            Assert.Equal(told, seen);
        }
    }

    [Fact]
    public void All_six_are_there() =>
        Assert.Equal(
            ["black-out-and-return", "node-joins-under-load", "rolling-restart", "slow-peer", "split-brain-and-heal", "two-clusters-merged-by-mistake"],
            s_stories
        );

    // A step is its commands, the line, and what was seen, up to an empty line. Lines that begin with # are for people.
    private static string Play(string told)
    {
        var stage = new ScenarioStage();
        var seen = new List<string>();
        foreach (string step in told.TrimEnd('\n').Split("\n\n"))
        {
            string[] commands = [.. step.Split('\n').TakeWhile(line => line != "----")];
            seen.Add(string.Join('\n', commands));
            List<string> output = [.. commands.Where(line => !line.StartsWith('#')).SelectMany(stage.Do)];
            if (output.Count > 0)
            {
                seen[^1] += "\n----\n" + string.Join('\n', output);
            }
        }

        return string.Join("\n\n", seen) + "\n";
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
