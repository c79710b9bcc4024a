using System.Diagnostics;
using System.Globalization;
using Rollcall.Bench;
using Rollcall.Bench.Reports;
using Rollcall.Load.Pages;
using Rollcall.Load.Progress;
using Rollcall.Load.Results;
using Spectre.Console;

namespace Rollcall.Load.Scenarios;

/// <summary><c>run NAME</c> and <c>list</c>.</summary>
internal static class RunCommand
{
    private const int Wrong = 1;
    private const int WrongUse = 2;

    /// <summary>Runs a scenario, shows it, and writes its result as JSON and as a page.</summary>
    /// <returns>Exit code: 1 if what the server held was wrong, or a request failed.</returns>
    public static async Task<int> RunAsync(string name, IReadOnlyList<string> args)
    {
        if (Scenario.All.FirstOrDefault(s => s.Name == name) is not { } scenario)
        {
            await Console.Error.WriteLineAsync($"There is no scenario {name}; there are {string.Join(", ", Scenario.All.Select(s => s.Name))}.");
            return WrongUse;
        }

        ScenarioSettings settings;
        try
        {
            settings = ScenarioSettings.Parse(args);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return WrongUse;
        }

        bool isTerminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        IRunProgress progress = isTerminal ? new LiveProgress(AnsiConsole.Console) : new PlainProgress(Console.Out);
        RunResult result = await RunAsync(scenario, settings, progress, string.Join(' ', args));
        string file = settings.Out ?? Path.Combine(RepositoryFiles.PathOf("artifacts/load"), FileName(result, settings));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        result.Write(file + ".json");
        await File.WriteAllTextAsync(file + ".html", RunPage.Of(result));
        Console.WriteLine($"  {file}.json, and as a page: {file}.html");
        return result.IsRight ? 0 : Wrong;
    }

    /// <summary>Runs a scenario against a server of its own, or the one that the settings name.</summary>
    /// <param name="scenario">Which.</param>
    /// <param name="settings">With what.</param>
    /// <param name="progress">Shows it.</param>
    /// <param name="flags">The settings as they were given, to repeat the run.</param>
    public static async Task<RunResult> RunAsync(Scenario scenario, ScenarioSettings settings, IRunProgress progress, string flags = "")
    {
        var machine = MachineFacts.Read();
        DateTimeOffset began = TimeProvider.System.GetUtcNow();
        var watch = Stopwatch.StartNew();
        progress.Say($"scenario {scenario.Name}: {scenario.Summary}");
        progress.Say("  " + string.Join(", ", settings.Described().Select(setting => $"{setting.Key}: {setting.Value}")));
        RunResult? result = null;
        await progress.WhileAsync(async () =>
        {
            await using LoadTarget target = await LoadTarget.StartAsync(settings, scenario.ServerFlags);
            await using var run = new ScenarioRun(target, settings, progress);
            try
            {
                await scenario.RunAsync(run);
            }
            catch (Exception e)
            {
                // Whatever ends a scenario before its time is a problem of the run, which is written down like any other.
                run.Check(false, $"it ended early: {e.GetType().Name}: {e.Message}");
            }

            result = new RunResult(
                scenario.Name,
                scenario.Summary,
                $"dotnet run -c Release --project load -- run {scenario.Name} {flags}".TrimEnd(),
                began.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                SourceCommit.Read(),
                machine,
                settings.Described(),
                watch.Elapsed.TotalSeconds,
                run.Checks,
                run.Problems,
                run.Notes,
                run.Steps,
                run.Phases,
                run.Samples
            );
        });
        progress.Finish(result!);
        return result!;
    }

    /// <summary>Prints all scenarios.</summary>
    public static int List()
    {
        foreach (Scenario scenario in Scenario.All)
        {
            Console.WriteLine($"{scenario.Name,-20}{scenario.Summary}");
        }

        return 0;
    }

    private static string FileName(RunResult result, ScenarioSettings settings) =>
        $"{result.Scenario}-{settings.Transport}-{settings.Instances}-{result.Date.Replace(":", "").Replace(' ', '-')}";
}
