namespace Rollcall.Load.Scenarios;

/// <summary>A load that users bring about.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Summary">One line.</param>
/// <param name="RunAsync">Runs it; says and checks what it finds.</param>
internal sealed record Scenario(string Name, string Summary, Func<ScenarioRun, Task> RunAsync)
{
    /// <summary>Flags of the server that it needs.</summary>
    public IReadOnlyList<string> ServerFlags { get; init; } = [];

    /// <summary>Every scenario.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("steady", "instances that stay: each renews once per interval", SteadyHeartbeats.RunAsync),
        new("registrations", "registration storm: all instances register within the duration", RegistrationStorm.RunAsync),
        new("reads", "full, delta and one-service reads on a schedule, while all instances renew", Reads.RunAsync),
        new("watch", "status changes, each to all subscribers, while all instances renew", WatchFanOut.RunAsync),
        new("deploy", "rolling deployment: a tenth of the instances is replaced each minute, while all renew", RollingDeploy.RunAsync),
        new("reconnect", "all clients lose their connection and are back within five seconds", ReconnectStorm.RunAsync),
        new("zone-loss", "a third of the instances fall silent at once and expire, the others stay", ZoneLoss.RunAsync) { ServerFlags = ["--guard", "off"] },
        new("mix", "all of it at once: heartbeats, deployment, status changes, reads, subscribers who stay, come and go", ProductionMix.RunAsync),
    ];
}
