using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Processes;
using Rollcall.Load.Progress;
using Rollcall.Load.Results;
using Rollcall.Load.Scenarios;
using Rollcall.Testing.Support;
using Rollcall.Transports.Quic;

namespace Rollcall.Load.Tests;

/// <summary>Each scenario, small, over each transport: what the server holds in the end is what was sent.</summary>
public sealed class ScenarioTests
{
    private static readonly ScenarioSettings s_small = new()
    {
        Instances = 600,
        Services = 20,
        Subscribers = 30,
        Connections = 2,
        Batch = 50,
        ChangePercent = 5,
        DeployPercent = 600,
        Duration = TimeSpan.FromSeconds(2),
        Interval = TimeSpan.FromSeconds(2),
    };

    /// <summary>Each scenario over TCP: those over HTTP and QUIC are too many for every test run.</summary>
    public static TheoryData<string> OverTcp => [.. Scenario.All.Select(scenario => scenario.Name)];

    /// <summary>Each scenario over each of the other transports.</summary>
    public static TheoryData<string, string> OverOthers
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (string transport in ScenarioSettings.Transports.Except(["tcp"]).Except(QuicSupport.IsSupported ? [] : ["quic"]))
            {
                foreach (Scenario scenario in Scenario.All)
                {
                    runs.Add(scenario.Name, transport);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(OverTcp))]
    public Task It_ends_with_the_right_content(string scenario) => RunAsync(scenario, "tcp");

    [LongTheory]
    [MemberData(nameof(OverOthers))]
    public Task It_ends_with_the_right_content_over_each_transport(string scenario, string transport) => RunAsync(scenario, transport);

    [QuicFact]
    public Task It_ends_with_the_right_content_over_QUIC() => RunAsync("mix", "quic");

    [Fact]
    public async Task Content_that_is_wrong_is_a_problem()
    {
        await using LoadTarget target = await LoadTarget.StartAsync(s_small, []);
        await using var run = new ScenarioRun(target, s_small, new PlainProgress(TextWriter.Null));
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        RegistryUpdate right = await fleet.ReadAllAsync();
        fleet.Check(right);
        Assert.Empty(run.Problems);

        await fleet.LoseAsync(7);
        await fleet.SetStatusAsync(8, InstanceStatus.Down, CancellationToken.None);
        fleet.Check(right);
        fleet.Check(await fleet.ReadAllAsync());

        Assert.Equal(
            [
                "1 of 600 instances are not as they were sent", // what was read before the status was set
                "the server holds 599 instances where 600 are right",
                "1 of 600 instances are not as they were sent",
            ],
            run.Problems
        );
    }

    [Fact]
    public async Task What_ends_a_scenario_early_is_a_problem_of_its_result()
    {
        var broken = new Scenario("broken", "ends early", _ => throw new IOException("the line is down"));
        RunResult result = await RunCommand.RunAsync(broken, s_small, new PlainProgress(TextWriter.Null));
        Assert.Equal(["it ended early: IOException: the line is down"], result.Problems);
        Assert.False(result.IsRight);
    }

    [Fact]
    public async Task A_run_drives_a_server_that_is_there_and_leaves_it_there()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        ScenarioSettings settings = s_small with { Target = server.AddressOf("tcp") };
        RunResult result = await RunCommand.RunAsync(Scenario.All[0], settings, new PlainProgress(TextWriter.Null));
        Assert.Empty(result.Problems);
        Assert.Empty(result.Phases); // what a process used is known of one that was started here only
        await using IRegistryLink link = await LoadTarget.ConnectAsync(server.AddressOf("tcp"));
        Assert.Equal(s_small.Instances, (await link.ReadAsync(InstanceFilter.All)).Instances.Count);
    }

    private static async Task RunAsync(string name, string transport)
    {
        Scenario scenario = Scenario.All.Single(s => s.Name == name);
        var output = new StringWriter();

        // Only who waits for leases to end wants short ones: a driver that stands still for some seconds must lose none.
        TimeSpan interval = name == "zone-loss" ? s_small.Interval : TimeSpan.FromSeconds(10);
        ScenarioSettings settings = s_small with { Transport = transport, Interval = interval };
        RunResult result = await RunCommand.RunAsync(scenario, settings, new PlainProgress(output));
        Assert.True(result.IsRight, output.ToString());
        Assert.True(result.Checks > 2, output.ToString());
        Assert.NotEmpty(result.Phases);
    }

    /// <summary>A test that needs QUIC; skipped, saying why, where there is none.</summary>
    private sealed class QuicFactAttribute : FactAttribute
    {
        public QuicFactAttribute() => Skip = QuicSupport.Problem;
    }
}
