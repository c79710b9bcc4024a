using System.Diagnostics;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Three real server processes: one killed, one stopped where it stands, links cut and healed, all restarted in turn.</summary>
/// <remarks>
/// Owners go on registering throughout, and every registration that was acknowledged is there at the end, on every node, the same. No
/// time is asserted; times are printed.
/// </remarks>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const int Small = 2_000;
    private const int Large = 20_000;

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    // That all start at once and none knows more than the others is soon found out.
    private static readonly string[] s_options = ["--Rollcall:Cluster:WarmUpMax", "1s", "--Rollcall:Data:SnapshotPeriod", "1s"];

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public Task A_small_cluster_comes_back_together(string scheme) => LiveAsync([scheme, scheme, scheme], Small, TimeSpan.FromSeconds(1));

    [QuicFact]
    public Task A_small_cluster_over_QUIC_comes_back_together() => LiveAsync(["quic", "quic", "quic"], Small, TimeSpan.FromSeconds(1));

    [LongFact]
    public Task A_large_cluster_over_TCP_comes_back_together() => LiveAsync(["tcp", "tcp", "tcp"], Large, TimeSpan.FromSeconds(5));

    [LongFact]
    public Task A_large_cluster_over_HTTP_comes_back_together() => LiveAsync(["http", "http", "http"], Large, TimeSpan.FromSeconds(5));

    [LongQuicFact]
    public Task A_large_cluster_over_QUIC_comes_back_together() => LiveAsync(["quic", "quic", "quic"], Large, TimeSpan.FromSeconds(5));

    [LongQuicFact]
    public Task A_large_cluster_of_mixed_transports_comes_back_together_with_a_node_that_stood_still_for_a_minute() =>
        LiveAsync(["tcp", "quic", "http"], Large, TimeSpan.FromSeconds(60));

    private async Task LiveAsync(string[] schemes, int instances, TimeSpan pause)
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(schemes, _ => s_options);
        await using var fleet = new Fleet(cluster.Nodes);
        Say("three nodes serve");
        await fleet.RegisterAsync(instances);
        Say($"{instances} instances registered");
        await AgreeAsync(cluster, fleet);
        fleet.Start();
        await using var bystander = await Bystander.StartAsync(cluster.Nodes);
        await fleet.GoesOnAsync("all is well");

        await cluster.Nodes[2].KillAsync();
        await fleet.GoesOnAsync("node 2 is dead");
        await cluster.Nodes[2].RestartAsync();
        await cluster.IsWarmAsync(cluster.Nodes[2]);
        Say("node 2 was killed, and serves again");

        fleet.Cancels = true;
        await cluster.Nodes[1].PauseAsync();
        await Task.WhenAll(Task.Delay(pause), fleet.GoesOnAsync("node 1 stands still"));
        await cluster.Nodes[1].ResumeAsync();
        Say($"node 1 stood still for {pause.TotalSeconds} s or more");

        cluster.Cut(0, 1);
        cluster.Cut(0, 2);
        await fleet.GoesOnAsync("node 0 is cut off");
        cluster.Heal(0, 1);
        cluster.Heal(0, 2);
        cluster.Silence(1, 2);
        await fleet.GoesOnAsync("node 2 hears nothing of node 1");
        cluster.Heal(1, 2);
        Say("node 0 was cut off, and node 1 not heard by node 2");

        foreach (ServerProcess node in cluster.Nodes)
        {
            Assert.Equal(0, await node.TerminateAsync());
            TimeSpan ended = _clock.Elapsed;
            await fleet.GoesOnAsync("one of the nodes is away", more: 1);
            await node.RestartAsync();
            TimeSpan ready = _clock.Elapsed;
            await cluster.IsWarmAsync(node);
            Say($"one was restarted: ended at {ended.TotalSeconds:0.0} s, ready at {ready.TotalSeconds:0.0} s, serving reads");
        }

        Say(await bystander.StopAsync());
        await fleet.StopAsync();
        await AgreeAsync(cluster, fleet);
        Say(
            $"{fleet.Acknowledged} registrations acknowledged; {fleet.FailedOver} calls failed over, {fleet.Returned} instances registered again; "
                + $"{cluster.Passed / 1024} kB between the nodes"
        );
    }

    private async Task AgreeAsync(NodeCluster cluster, Fleet fleet)
    {
        (TimeSpan took, IReadOnlySet<string> ids) = await Contents.AgreeAsync(cluster.Nodes, fleet.WhyNotWhole, output.WriteLine);
        Say($"{ids.Count} instances the same on all nodes, {took.TotalSeconds:0.0} s after the last call, reading included");
    }

    private void Say(string what) => output.WriteLine($"measured: at {_clock.Elapsed.TotalSeconds,5:0.0} s {what}");
}
