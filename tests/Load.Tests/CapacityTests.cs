using Rollcall.Bench.Reports;
using Rollcall.Load.Capacity;

namespace Rollcall.Load.Tests;

/// <summary>The search for a capacity, on servers whose capacity is known.</summary>
public sealed class CapacityTests
{
    private static readonly Objective s_objective = new(TimeSpan.FromMilliseconds(50));

    [Theory]
    [InlineData(100, 1)]
    [InlineData(999, 100)]
    [InlineData(12_345, 100)]
    [InlineData(100_000, 1_000)]
    public async Task It_comes_within_an_eighth_below_what_holds(double capacity, double start)
    {
        Finding found = await new CapacitySearch(s_objective).FindAsync(start, 1_000_000, load => Try(load, capacity));
        Assert.InRange(found.Most, capacity * 7 / 8, capacity);
        Assert.Equal(3, found.Held.Count);
        Assert.True(found.Missed!.Load > capacity, $"{found.Missed.Load} is missed");
        Assert.Equal("p99 60 ms", found.MissedBy);
    }

    [Fact]
    public async Task It_ends_at_its_limit()
    {
        Finding found = await new CapacitySearch(s_objective).FindAsync(300, 1_000, load => Try(load, 5_000));
        Assert.Equal((1_000, null, null), (found.Most, found.Missed, found.MissedBy));
    }

    [Fact]
    public async Task A_capacity_below_the_first_load_is_found_as_well()
    {
        Finding found = await new CapacitySearch(s_objective).FindAsync(1_000, 10_000, load => Try(load, 300));
        Assert.InRange(found.Most, 200, 300);
    }

    [Fact]
    public async Task What_holds_nothing_is_said_to()
    {
        Finding found = await new CapacitySearch(s_objective).FindAsync(100, 1_000, load => Try(load, 0));
        Assert.Equal(0, found.Most);
        Assert.NotNull(found.MissedBy);
    }

    [Fact]
    public async Task What_held_once_and_then_not_is_given_up()
    {
        int tries = 0;
        // Up to the limit at once; from then on half of it is too much.
        Finding found = await new CapacitySearch(s_objective).FindAsync(1_000, 1_000, load => Try(load, ++tries == 1 ? 1_000 : 800));
        Assert.InRange(found.Most, 600, 800);
        Assert.All(found.Held, trial => Assert.Null(s_objective.MissedBy(trial)));
    }

    [Fact]
    public void An_error_or_too_little_done_misses_the_objective_however_fast()
    {
        var fast = TimeSpan.FromMilliseconds(1);
        Assert.Null(s_objective.MissedBy(new Trial(100, 97, fast)));
        Assert.Equal("only 90 of 100 were achieved", s_objective.MissedBy(new Trial(100, 90, fast)));
        Assert.Equal("1 requests failed", s_objective.MissedBy(new Trial(100, 100, fast, "1 requests failed")));
    }

    [Fact]
    public void A_search_of_a_part_does_not_overwrite_the_report()
    {
        Assert.EndsWith("docs/capacity.md", CapacityCommand.Parse([])!.Out, StringComparison.Ordinal);
        Assert.EndsWith("artifacts/load/capacity.md", CapacityCommand.Parse(["--limit", "100"])!.Out, StringComparison.Ordinal);
        Assert.EndsWith("artifacts/load/capacity.md", CapacityCommand.Parse(["--only", "subscribers"])!.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only", "nothing")]
    [InlineData("--p99")]
    [InlineData("--p99", "50")]
    [InlineData("--limit", "0")]
    [InlineData("--speed", "9")]
    public void Flags_that_are_wrong_are_refused(params string[] flags) => Assert.Null(CapacityCommand.Parse(flags));

    [Fact]
    public void The_report_says_what_was_held_and_what_stopped_it()
    {
        Trial held = new(800, 800, TimeSpan.FromMilliseconds(20));
        Trial missed = new(900, 900, TimeSpan.FromMilliseconds(60));
        string page = CapacityCommand.Page(
            [(Quantity.All[0], new Finding([held, held], missed, "p99 60 ms")), (Quantity.All[1], new Finding([], missed, "p99 60 ms"))],
            new CapacitySettings(),
            new MachineFacts("a processor", 2, 4, "a system", ".NET", "0.1"),
            "",
            TimeSpan.FromSeconds(100)
        );
        Assert.Contains("| 800 | 20 ms | 20 ms .. 20 ms of 2 | 900 | p99 60 ms |", page, StringComparison.Ordinal);
        Assert.Contains("| **nothing** |", page, StringComparison.Ordinal);
        Assert.Contains("`dotnet run -c Release --project load -- capacity`", page, StringComparison.Ordinal);
    }

    private static Task<Trial> Try(double load, double capacity) =>
        Task.FromResult(new Trial(load, load, TimeSpan.FromMilliseconds(load <= capacity ? 20 : 60)));
}
