using Rollcall.Bench;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Load.Tests;

/// <summary>The numbers shown are those on file, and the rule that says so bites.</summary>
public sealed class NumbersRuleTests
{
    private static readonly Figure s_ratio = new("heartbeats", new Spread(0.9, 0.8, 1, 5), "x") { Control = "80 /s against 90 /s of nothing" };

    static NumbersRuleTests()
    {
        if (Environment.GetEnvironmentVariable("ROLLCALL_UPDATE_README") is not null)
        {
            Assert.Null(NumbersTable.Write(RowResult.ReadAll()));
        }
    }

    [Fact]
    public void The_numbers_of_the_page_are_those_on_file_with_their_control_arms() =>
        Assert.Empty(NumbersRule.ProblemsOf(File.ReadAllText(RepositoryFiles.Numbers), RowResult.ReadAll()));

    [Fact]
    public void The_headlines_of_the_README_are_those_on_file() =>
        Assert.Equal(NumbersTable.Headlines(RowResult.ReadAll()), NumbersTable.In(File.ReadAllText(RepositoryFiles.Readme)));

    [Fact]
    public void A_table_as_it_was_written_has_no_problem() =>
        Assert.Empty(NumbersRule.ProblemsOf(Page(s_ratio), [Row(s_ratio)]));

    [Fact]
    public void A_number_that_was_touched_up_is_flagged()
    {
        string page = Page(s_ratio).Replace("0.9 x", "0.95 x", StringComparison.Ordinal);
        Assert.Contains(NumbersRule.ProblemsOf(page, [Row(s_ratio)]), problem => problem.StartsWith("no result on file says: | 4 | heartbeats", StringComparison.Ordinal));
    }

    [Fact]
    public void A_number_whose_result_is_gone_is_flagged() =>
        Assert.Contains(NumbersRule.ProblemsOf(Page(s_ratio), []), problem => problem.StartsWith("no result on file says: | 4 |", StringComparison.Ordinal));

    [Fact]
    public void A_result_that_the_page_leaves_out_is_flagged()
    {
        Figure bad = s_ratio with { Name = "the slow one" };
        Assert.Contains(NumbersRule.ProblemsOf(Page(s_ratio), [Row(s_ratio, bad)]), problem => problem.StartsWith("on file, and not on the page: | 4 | the slow one", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("B", false)]
    [InlineData("ms", false)]
    public void What_is_compared_needs_what_it_is_compared_with(string unit, bool isFlagged)
    {
        Figure alone = s_ratio with { Unit = unit, Control = null };
        string[] expected = isFlagged ? ["row 4, heartbeats: has no control arm"] : [];
        Assert.Equal(expected, NumbersRule.ProblemsOf(Page(alone), [Row(alone)]));
    }

    private static string Page(params Figure[] figures) =>
        $"# Title\n<!-- numbers:begin -->\n{NumbersTable.Markdown([Row(figures)])}<!-- numbers:end -->\n";

    private static RowResult Row(params Figure[] figures) =>
        new(4, "load", "heartbeats", "a command", "2026-11-22", new MachineFacts("a processor", 2, 4, "a system", ".NET", "0.1"), figures, []);
}
