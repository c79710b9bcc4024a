using Rollcall.Load.Results;

namespace Rollcall.Load.Tests;

/// <summary>What <c>compare</c> says of two runs.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void A_run_equals_itself()
    {
        Comparison comparison = Comparison.Of(RunSamples.Run(), RunSamples.Run());
        Assert.Empty(comparison.Differences);
        Assert.All(comparison.Quantities, quantity => Assert.Equal(ComparisonVerdict.Same, quantity.Verdict));
        Assert.All(comparison.Quantities, quantity => Assert.Equal(1, quantity.Ratio));
        Assert.False(comparison.IsWorse);
    }

    [Theory]
    [InlineData(10.5, nameof(ComparisonVerdict.Same))]
    [InlineData(15, nameof(ComparisonVerdict.Worse))]
    [InlineData(5, nameof(ComparisonVerdict.Better))]
    public void A_latency_is_judged_beyond_its_margin_only(double p99, string verdict)
    {
        Comparison comparison = Comparison.Of(RunSamples.Run(), RunSamples.Run(p99));
        ComparedQuantity latency = comparison.Quantities.Single(quantity => quantity.Name == "renew: p99, ms");
        Assert.Equal(verdict, latency.Verdict.ToString());
        Assert.Equal(p99 / 10, latency.Ratio, 6);
        Assert.Equal(verdict == nameof(ComparisonVerdict.Worse), comparison.IsWorse);
    }

    [Theory]
    [InlineData(700, nameof(ComparisonVerdict.Worse))]
    [InlineData(1_400, nameof(ComparisonVerdict.Better))]
    public void Of_a_rate_more_is_better(double perSecond, string verdict) =>
        Assert.Equal(
            verdict,
            Comparison.Of(RunSamples.Run(), RunSamples.Run(perSecond: perSecond)).Quantities.Single(q => q.Name == "renew: achieved/s").Verdict.ToString()
        );

    [Fact]
    public void The_margin_grows_with_the_spread_of_the_seconds()
    {
        var wide = new ComparedQuantity("p99", Quartiles.Of([5, 8, 10, 12, 20, 30]), Quartiles.Of([12, 14, 16, 16, 17, 18]), MoreIsBetter: false);
        Assert.InRange(wide.Ratio, 1.4, 1.5);
        Assert.True(wide.Margin > 0.5, $"margin {wide.Margin}");
        Assert.Equal(ComparisonVerdict.Same, wide.Verdict);
    }

    [Fact]
    public void What_is_in_one_run_only_is_not_compared()
    {
        Comparison comparison = Comparison.Of(RunSamples.Run(), RunSamples.Run(step: "another"));
        Assert.Equal(6, comparison.Quantities.Count(quantity => quantity.Verdict == ComparisonVerdict.NotComparable));
    }

    [Fact]
    public void Runs_that_are_not_alike_are_said_to_be_so()
    {
        RunResult other = RunSamples.Run(problems: "content") with
        {
            Scenario = "watch",
            Settings = new Dictionary<string, string> { ["transport"] = "http", ["instances"] = "1,000" },
        };
        Assert.Equal(
            ["scenario: steady and watch", "transport: tcp and http", "B has failed: content"],
            Comparison.Of(RunSamples.Run(), other).Differences
        );
    }

    [Fact]
    public void The_command_reads_files_and_says_by_its_exit_code_what_it_found()
    {
        using var folder = new TemporaryFolder();
        RunSamples.Run().Write(folder.File("a.json"));
        RunSamples.Run(p99: 30).Write(folder.File("b.json"));
        RunSamples.Run(problems: "content").Write(folder.File("wrong.json"));
        File.WriteAllText(folder.File("no.json"), "{}");
        var output = new StringWriter();
        var errors = new StringWriter();

        Assert.Equal(0, CompareCommand.Run(folder.File("a.json"), folder.File("a.json"), output, errors));
        Assert.Equal(1, CompareCommand.Run(folder.File("a.json"), folder.File("b.json"), output, errors));
        Assert.Contains("3.00 x", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("WORSE", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, CompareCommand.Run(folder.File("a.json"), folder.File("wrong.json"), output, errors));
        Assert.Equal("", errors.ToString());
        Assert.Equal(2, CompareCommand.Run(folder.File("a.json"), folder.File("no.json"), output, errors));
        Assert.Equal(2, CompareCommand.Run(folder.File("gone.json"), folder.File("a.json"), output, errors));
        Assert.Contains("no.json is not the result of a run", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_comes_back_from_its_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        RunResult result = RunSamples.Run(problems: "content");
        result.Write(folder.File("a.json"));
        Assert.Equivalent(result, RunResult.Read(folder.File("a.json")), strict: true);
    }
}
