using Rollcall.Bench;
using Rollcall.Bench.Reports;
using Rollcall.Bench.Sizing;

namespace Rollcall.Cluster.Tests.Sizing;

/// <summary>Clusters as they are sized, small: nodes take no time, so a run repeats to the byte, and only simulated time is asserted.</summary>
public sealed class SizingTests
{
    private const int Instances = 500;

    // 80 ms one way: whatever needs an answer from the other region takes twice that.
    private static readonly SizingCase s_twoRegions = new(5, 2, ClusterShape.Mesh, Instances) { Ring = 64 };

    static SizingTests()
    {
        if (Environment.GetEnvironmentVariable("ROLLCALL_UPDATE_README") is not null)
        {
            Assert.Null(NumbersTable.WriteTo(RepositoryFiles.Sizing, SizingTable.Markdown(SizingResult.ReadAll())));
        }
    }

    [Fact]
    public void A_renewal_costs_less_than_a_byte_per_link_and_a_set_goes_once_each_way()
    {
        SizingActivity steady = new SizingRun(s_twoRegions with { Instances = 10_000 }, takesTime: false).Steady(TimeSpan.FromSeconds(60));
        Assert.Equal(20_000, steady.Count);
        Assert.Equal(0, steady.Records);
        Assert.InRange(steady.LinkBytes / (double)steady.Count, 0.2, 1.5);
    }

    [Fact]
    public void A_stream_of_changes_is_everywhere_half_a_round_trip_after_the_last()
    {
        SizingActivity stream = new SizingRun(s_twoRegions, takesTime: false).Stream(TimeSpan.FromSeconds(2));
        Assert.Equal(2_000, stream.Count);
        Assert.InRange(stream.Seconds, 0.06, 0.2); // the last pulse passes before it is looked at
        Assert.InRange(stream.Records, 2_000 * 4, 2_000 * 16); // to each node at least once; in a mesh each passes it on
    }

    [Theory]
    [InlineData("Mesh")]
    [InlineData("Ring")]
    [InlineData("Star")]
    public void Two_regions_heal_in_some_round_trips(string shape)
    {
        SizingActivity heal = new SizingRun(s_twoRegions with { Shape = Enum.Parse<ClusterShape>(shape) }, takesTime: false).Heal();
        Assert.Equal(Instances / 100, heal.Count);
        Assert.InRange(heal.Seconds, 0.16, 5);
        Assert.InRange(heal.Records, heal.Count, Instances);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_over_a_long_line_is_not_a_round_trip_per_handful(bool leads)
    {
        var alone = new SizingCase(1, 2, ClusterShape.Mesh, 20_000) { Ring = 64 };
        SizingActivity join = new SizingRun(alone, takesTime: false).Join(leads);
        Assert.InRange(join.Records, 20_000, 21_000); // each once; those that renew meanwhile are no records
        Assert.InRange(join.Seconds, 0.3, 1.2); // with four pushes under way it was 3.4
    }

    [Fact]
    public void The_same_run_gives_the_same() =>
        Assert.Equal(
            new SizingRun(s_twoRegions, takesTime: false).Heal() with { Cpu = 0, NodeCpu = 0 },
            new SizingRun(s_twoRegions, takesTime: false).Heal() with { Cpu = 0, NodeCpu = 0 }
        );

    [Fact]
    public void A_message_occupies_the_line_for_its_bytes()
    {
        SizingCase narrow = new(1, 2, ClusterShape.Mesh, 2_000) { Ring = 64, MbitPerSecond = 1 };
        SizingActivity join = new SizingRun(narrow, takesTime: false).Join(leads: false);
        Assert.True(join.Seconds > join.LinkBytes * 8 / 1e6, $"{join.LinkBytes} B took {join.Seconds} s at 1 Mbit/s");
    }

    [Fact]
    public void What_lies_on_a_line_is_predicted_and_what_does_not_is_seen_to_be_missed()
    {
        SizingFit straight = SizingFit.Of([(10, 120), (100, 300), (1_000, 2_100)], 10_000);
        Assert.Equal((20_100, 2_100, 0), (straight.At, straight.Predicted, straight.Miss));
        SizingFit bent = SizingFit.Of([(10, 120), (100, 300), (1_000, 4_200)], 10_000);
        Assert.Equal(-0.5, bent.Miss);
    }

    [Fact]
    public void The_tables_of_the_page_are_those_on_file() =>
        Assert.Equal(SizingTable.Markdown(SizingResult.ReadAll()), NumbersTable.In(File.ReadAllText(RepositoryFiles.Sizing)));
}
