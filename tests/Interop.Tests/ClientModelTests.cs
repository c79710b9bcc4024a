using System.Text;
using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests;

/// <summary>
/// What real clients send goes in, every answer comes out, and every model of a client that reads it sees what was sent.
/// </summary>
public sealed class ClientModelTests(ITestOutputHelper output) : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private EurekaCalls _calls = null!;

    public static TheoryData<string> Shapes => [.. RegistrationShape.All.Select(shape => shape.Client)];

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync("--guard", "off");
        _calls = new EurekaCalls(_server.BaseUrl);
    }

    public async Task DisposeAsync()
    {
        _calls.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public Task An_empty_registry_is_readable() => SweepAsync([]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task What_a_client_registers_is_read_back_by_all(string client)
    {
        RegistrationShape shape = RegistrationShape.All.Single(s => s.Client == client);
        ClientInstance[] sent =
        [
            SampleInstances.Rich("RICH", "h1.example:rich:8080"),
            SampleInstances.Plain("PLAIN", "h1.example"),
            SampleInstances.Amazon("CLOUD", "i-123"),
            SampleInstances.Plain("ODD-IDS", "test#1.[3.?]!/ü %2F"),
        ];

        foreach (ClientInstance instance in sent)
        {
            Answer answer = await _calls.RegisterAsync(instance.App!, shape.ContentType, shape.Write(instance));
            Assert.True(answer.Status == 204, $"{answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
            Assert.Empty(answer.Body);
        }

        await SweepAsync([.. sent.Select(instance => Registered(shape.Tells(instance)))]);
    }

    [Theory]
    [InlineData("DOWN")]
    [InlineData("STARTING")]
    [InlineData("OUT_OF_SERVICE")]
    [InlineData("UNKNOWN")]
    public async Task An_own_status_is_read_back_by_all(string status)
    {
        ClientInstance sent = SampleInstances.Plain("ORDERS", "o-1") with { Status = status };
        await _calls.RegisterAsync(sent);

        await SweepAsync([Registered(sent)]);
    }

    [Theory]
    [InlineData("OUT_OF_SERVICE")]
    [InlineData("DOWN")]
    public async Task An_override_is_read_back_by_all(string status)
    {
        ClientInstance sent = SampleInstances.Rich("ORDERS", "o-1");
        await _calls.RegisterAsync(sent);
        Assert.Equal(200, (await _calls.OverrideAsync("ORDERS", "o-1", status)).Status);

        await SweepAsync([Registered(sent) with { Status = status, Override = status, Action = "MODIFIED" }]);

        Assert.Equal(200, (await _calls.ClearOverrideAsync("ORDERS", "o-1")).Status);
        await SweepAsync([Registered(sent) with { Action = "MODIFIED" }]);
    }

    [Fact]
    public async Task A_cancelled_instance_is_read_as_deleted_in_the_delta_and_nowhere_else()
    {
        ClientInstance stays = SampleInstances.Rich("ORDERS", "o-1");
        ClientInstance leaves = SampleInstances.Rich("ORDERS", "o-2");
        ClientInstance alone = SampleInstances.Plain("LONELY", "l-1");
        foreach (ClientInstance instance in (ClientInstance[])[stays, leaves, alone])
        {
            await _calls.RegisterAsync(instance);
        }

        Assert.Equal(200, (await _calls.CancelAsync("ORDERS", "o-2")).Status);
        Assert.Equal(200, (await _calls.CancelAsync("LONELY", "l-1")).Status);

        await SweepAsync(
            [Registered(stays)],
            Registered(leaves) with { Action = "DELETED" },
            Registered(alone) with { Action = "DELETED" });
        Assert.Equal(404, (await _calls.ReadAsync("apps/LONELY", WireFormat.Json)).Status);
    }

    [Fact]
    public async Task One_id_in_two_services_is_two_instances()
    {
        ClientInstance[] sent =
        [
            SampleInstances.Rich("ORDERS", "same"),
            SampleInstances.Plain("BILLING", "same") with { Port = 9 },
        ];
        await _calls.RegisterAsync(sent[0]);
        await _calls.RegisterAsync(sent[1]);

        AnswerSweep sweep = new(_calls);
        await sweep.RunListsAsync([.. sent.Select(Registered)]);
        ClientView alone = new SpringStrictReader().Read(
            ClientDocument.Instance, (await _calls.ReadAsync("instances/same", WireFormat.Json)).Body);
        Assert.Equal("BILLING", alone.Instances.Single().App);
    }

    [Fact]
    public async Task The_marker_of_empty_metadata_is_no_metadata()
    {
        ClientInstance sent = SampleInstances.Plain("ORDERS", "o-1");
        Dictionary<string, string?> told = new() { ["@class"] = "java.util.Collections$EmptyMap", ["zone"] = "a" };
        await _calls.RegisterAsync(sent with { Metadata = told });

        await SweepAsync([Registered(sent) with { Metadata = new Dictionary<string, string?> { ["zone"] = "a" } }]);
    }

    [Fact]
    public async Task Metadata_put_by_query_is_read_back_by_all()
    {
        ClientInstance sent = SampleInstances.Plain("ORDERS", "o-1");
        await _calls.RegisterAsync(sent);
        Assert.Equal(200, (await _calls.SetMetadataAsync("ORDERS", "o-1", "zone_a", "<&> ü")).Status);

        ClientInstance seen = Registered(sent) with { Metadata = new Dictionary<string, string?> { ["zone_a"] = "<&> ü" } };
        ClientView delta = new SpringStrictReader().Read(
            ClientDocument.Delta, (await _calls.ReadAsync("apps/delta", WireFormat.Json)).Body);
        await SweepAsync([seen with { Action = delta.Instances.Single().Action }]);
        Assert.Contains(delta.Instances.Single().Action, (string[])["ADDED", "MODIFIED"]);
    }

    [Fact]
    public async Task Many_instances_over_many_blocks_are_read_back_by_all()
    {
        List<ClientInstance> sent = [];
        for (int i = 0; i < 300; i++)
        {
            ClientInstance instance = i % 7 == 0
                ? SampleInstances.Rich("MANY", $"m-{i}")
                : SampleInstances.Plain($"APP-{i % 3}", $"p-{i}");
            sent.Add(Registered(instance) with { Status = i % 5 == 0 ? "DOWN" : "UP" });
            await _calls.RegisterAsync(sent[^1]);
        }

        AnswerSweep sweep = new(_calls);
        await sweep.RunListsAsync(sent);
        output.WriteLine($"{sweep.Readings} readings of {sent.Count} instances.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("v2/")]
    [InlineData("eureka/v2/")]
    public async Task Every_prefix_shows_the_same(string prefix)
    {
        ClientInstance sent = SampleInstances.Rich("ORDERS", "o-1");
        using EurekaCalls calls = new(_server.BaseUrl, prefix);
        await calls.RegisterAsync(sent);

        await new AnswerSweep(calls).RunAsync([Registered(sent)]);
    }

    [Fact]
    public async Task Without_an_Accept_header_the_answer_is_XML()
    {
        await _calls.RegisterAsync(SampleInstances.Rich("ORDERS", "o-1"));

        Answer answer = await _calls.ReadAsync("apps");

        Assert.Equal("application/xml", answer.ContentType);
        Assert.Equal(8080, new PrometheusReader().Read(ClientDocument.Full, answer.Body).Instances.Single().Port);
    }

    [Fact]
    public async Task Heartbeats_are_answered_as_every_client_expects()
    {
        ClientInstance sent = SampleInstances.Plain("ORDERS", "o-1");
        AssertEmpty(404, await _calls.RenewAsync("ORDERS", "o-1", "?status=UP&lastDirtyTimestamp=5"));
        await _calls.RegisterAsync(sent);

        AssertEmpty(200, await _calls.RenewAsync("ORDERS", "o-1"));
        AssertEmpty(200, await _calls.RenewAsync("ORDERS", "o-1", $"?status=UP&lastDirtyTimestamp={sent.LastDirtyMs}"));
        AssertEmpty(200, await _calls.RenewAsync("ORDERS", "o-1", $"?status=UP&lastDirtyTimestamp={sent.LastDirtyMs - 1}"));
        AssertEmpty(404, await _calls.RenewAsync("ORDERS", "o-1", $"?status=UP&lastDirtyTimestamp={sent.LastDirtyMs + 1}"));
        AssertEmpty(404, await _calls.RenewAsync("ORDERS", "O-1"));
        AssertEmpty(200, await _calls.CancelAsync("orders", "o-1"));
        AssertEmpty(404, await _calls.CancelAsync("ORDERS", "o-1"));
    }

    /// <summary>Jersey 2 and 3 decode any body of a heartbeat's answer as an instance, whatever the status.</summary>
    private static void AssertEmpty(int status, Answer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Empty(answer.Body);
    }

    /// <summary>What every reader shows of an instance just registered.</summary>
    private static ClientInstance Registered(ClientInstance sent) =>
        sent with { Override = "UNKNOWN", Coordinating = false, Action = "ADDED" };

    private async Task SweepAsync(IReadOnlyList<ClientInstance> registered, params ClientInstance[] deleted)
    {
        AnswerSweep sweep = new(_calls);
        await sweep.RunAsync(registered, deleted);
        output.WriteLine($"{sweep.Readings} readings.");
    }
}
