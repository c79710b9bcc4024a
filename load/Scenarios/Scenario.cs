namespace Rollcall.Load.Scenarios;

/// <summary>A load that users bring about.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Summary">One line.</param>
/// <param name="RunAsync">Runs it against a target; what is wrong goes to the report.</param>
internal sealed record Scenario(string Name, string Summary, Func<LoadTarget, ScenarioSettings, ScenarioReport, Task> RunAsync)
{
    /// <summary>Every scenario.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("steady", "instances that stay: each renews once per interval", SteadyHeartbeats.RunAsync),
        new("watch", "status changes, each to all subscribers, while all instances renew", WatchFanOut.RunAsync),
    ];
}
