using System.Diagnostics;

namespace Rollcall.Load.Scenarios;

/// <summary><c>run NAME</c> and <c>list</c>.</summary>
internal static class RunCommand
{
    private const int Wrong = 1;
    private const int WrongUse = 2;

    /// <summary>Runs a scenario.</summary>
    /// <returns>Exit code: 1 if what the server held was wrong, or a request failed.</returns>
    public static async Task<int> RunAsync(string name, IReadOnlyList<string> args)
    {
        if (Scenario.All.FirstOrDefault(s => s.Name == name) is not { } scenario)
        {
            await Console.Error.WriteLineAsync($"There is no scenario {name}; there are {string.Join(", ", Scenario.All.Select(s => s.Name))}.");
            return WrongUse;
        }

        try
        {
            var settings = ScenarioSettings.Parse(args);
            ScenarioReport report = await RunAsync(scenario, settings, Console.Out);
            return report.Problems.Count == 0 ? 0 : Wrong;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return WrongUse;
        }
    }

    /// <summary>Runs a scenario against a server of its own, or the one that the settings name.</summary>
    public static async Task<ScenarioReport> RunAsync(Scenario scenario, ScenarioSettings settings, TextWriter output)
    {
        var report = new ScenarioReport(output);
        var watch = Stopwatch.StartNew();
        report.Say($"scenario {scenario.Name}: {scenario.Summary}");
        report.Say(
            $"  {settings.Instances:N0} instances of {settings.Services:N0} services, renewed every {settings.Interval.TotalSeconds:N0} s, "
                + $"{settings.Batch} in a request, over {settings.Transport}, for {settings.Duration.TotalSeconds:N0} s"
        );
        await using (LoadTarget target = await LoadTarget.StartAsync(settings, scenario.ServerFlags))
        {
            await scenario.RunAsync(target, settings, report);
        }

        string verdict = report.Problems.Count == 0 ? $"all {report.Checks} checks hold" : $"{report.Problems.Count} of {report.Checks} checks FAILED";
        report.Say($"  {verdict}, in {watch.Elapsed.TotalSeconds:N0} s");
        return report;
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
}
