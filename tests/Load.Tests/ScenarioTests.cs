using Rollcall.Core.Model;
using Rollcall.Load.Scenarios;
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
        Duration = TimeSpan.FromSeconds(2),
        Interval = TimeSpan.FromSeconds(2),
    };

    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (Scenario scenario in Scenario.All)
            {
                runs.Add(scenario.Name, "tcp");
            }

            runs.Add("steady", "http");
            runs.Add("watch", "http");
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public Task It_ends_with_the_right_content(string scenario, string transport) => RunAsync(scenario, transport);

    [QuicTheory]
    [InlineData("steady")]
    [InlineData("watch")]
    public Task It_ends_with_the_right_content_over_QUIC(string scenario) => RunAsync(scenario, "quic");

    [Fact]
    public async Task Content_that_is_wrong_is_a_problem()
    {
        await using LoadTarget target = await LoadTarget.StartAsync(s_small, []);
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, s_small);
        await fleet.RegisterAllAsync();
        var right = new ScenarioReport(TextWriter.Null);
        fleet.Check(await fleet.ReadAllAsync(), right);
        Assert.Empty(right.Problems);

        (string service, string id) = fleet.Key(7);
        await fleet.Link(0).CancelAsync(service, id);
        (service, id) = fleet.Key(8);
        await fleet.Link(0).SetStatusAsync(service, id, InstanceStatus.Down);
        var wrong = new ScenarioReport(TextWriter.Null);
        fleet.Check(await fleet.ReadAllAsync(), wrong);

        Assert.Equal(
            ["the server holds 599 instances where 600 are right", "2 of 600 instances are not as they were sent"],
            wrong.Problems
        );
    }

    private static async Task RunAsync(string name, string transport)
    {
        Scenario scenario = Scenario.All.Single(s => s.Name == name);
        var output = new StringWriter();
        ScenarioReport report = await RunCommand.RunAsync(scenario, s_small with { Transport = transport }, output);
        Assert.True(report.Problems.Count == 0, output.ToString());
        Assert.True(report.Checks > 2, output.ToString());
    }

    /// <summary>A test that needs QUIC; skipped, saying why, where there is none.</summary>
    private sealed class QuicTheoryAttribute : TheoryAttribute
    {
        public QuicTheoryAttribute() => Skip = QuicSupport.Problem;
    }
}
