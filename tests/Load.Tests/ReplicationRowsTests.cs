using Rollcall.Bench.Reports;
using Rollcall.Load.Targets;
using Rollcall.Testing.Support;

namespace Rollcall.Load.Tests;

/// <summary>The rows of a cluster, small: real servers, and each row checks for itself that the nodes hold in the end what they should.</summary>
public sealed class ReplicationRowsTests
{
    [Fact]
    public async Task A_new_node_copies_what_its_peer_has()
    {
        Measurement row = await NodeCopy.MeasureAsync(instances: 2_000);
        Assert.All(row.Figures, figure => Assert.True(figure.Value.Median > 0, $"{figure.Name} is {figure.Value}"));
        Assert.InRange(FigureOf(row, "times that each record travels"), 1, 2);
        Assert.InRange(FigureOf(row, "bytes per instance"), 10, 1_000);
    }

    [LongFact]
    public async Task What_two_sides_of_a_cut_changed_is_the_same_everywhere_after_it_is_healed()
    {
        Measurement row = await Healing.MeasureAsync(instances: 2_000, differences: 400, changesKept: 1_024);
        Assert.All(row.Figures, figure => Assert.True(figure.Value.Median > 0, $"{figure.Name} is {figure.Value}"));
        Assert.True(FigureOf(row, "records that travel per difference") >= 1);
    }

    [LongFact]
    public async Task Heartbeats_and_changes_cost_a_peer_less_than_Eureka_s_items()
    {
        Measurement row = await ReplicationBytes.MeasureAsync(instances: 2_000, "--Rollcall:Cluster:RenewSetPeriod", "500ms");
        Assert.All(row.Figures, figure => Assert.True(figure.Value.Median > 0, $"{figure.Name} is {figure.Value}"));
        Assert.InRange(FigureOf(row, "as a forwarder between the two counts it"), 0.1, 100);
        Assert.True(FigureOf(row, "times that each change is sent") >= 1);
    }

    private static double FigureOf(Measurement row, string name) =>
        row.Figures.First(figure => figure.Name.Contains(name, StringComparison.Ordinal)).Value.Median;
}
