using Rollcall.Bench.Gate;
using Rollcall.Bench.Pairing;

namespace Rollcall.Core.Tests.Bench;

/// <summary>The proof that the gate of the benchmarks bites: arms made worse on purpose are measured for real, and flagged.</summary>
public sealed class GateRuleTests
{
    private const int Operations = 100_000;
    private const int Turns = 5;

    private static readonly GateFigures s_baseline = Measure(Pair(Work("as before", times: 1)));

    [Fact]
    public void An_arm_that_is_four_times_slower_is_flagged()
    {
        GatePair slower = Pair(Work("slower", times: 4));
        GateVerdict verdict = GateRule.Judge(slower, s_baseline, Measure(slower), budgetBytes: null);
        Assert.False(verdict.Passed);
        Assert.Contains("x its control", verdict.Words);
    }

    [Fact]
    public void An_arm_that_allocates_is_flagged()
    {
        GatePair allocating = Pair(Allocating());
        GateVerdict verdict = GateRule.Judge(allocating, s_baseline, Measure(allocating), budgetBytes: null);
        Assert.False(verdict.Passed);
        Assert.Equal("allocates 24 B, baseline allows 0 B", verdict.Words);
    }

    [Fact]
    public void An_equal_arm_passes()
    {
        GatePair equal = Pair(Work("equal", times: 1));
        Assert.Equal(new GateVerdict(true, "ok"), GateRule.Judge(equal, s_baseline, Measure(equal), budgetBytes: 0));
    }

    [Fact]
    public void A_byte_above_the_budget_is_flagged_even_if_the_baseline_has_it()
    {
        GatePair pair = Pair(Work("equal", times: 1)) with { Budget = "Type.Member" };
        GateVerdict verdict = GateRule.Judge(pair, new GateFigures(1, 24), new GateFigures(1, 24), budgetBytes: 0);
        Assert.False(verdict.Passed);
        Assert.Contains("the budget Type.Member is 0 B", verdict.Words);
    }

    [Fact]
    public void A_pair_that_the_baseline_does_not_know_is_flagged() =>
        Assert.Contains(
            "--update-baseline",
            GateRule.Judge(Pair(Work("new", times: 1)), before: null, new GateFigures(1, 0), budgetBytes: null).Words
        );

    [Fact]
    public void A_ratio_at_the_margin_passes_and_one_above_does_not()
    {
        GatePair pair = Pair(Work("equal", times: 1)) with { RatioMargin = 2 };
        Assert.True(GateRule.Judge(pair, new GateFigures(1.5, 0), new GateFigures(3, 0), budgetBytes: null).Passed);
        Assert.False(GateRule.Judge(pair, new GateFigures(1.5, 0), new GateFigures(3.01, 0), budgetBytes: null).Passed);
    }

    [Fact]
    public void An_arm_with_a_wrong_result_is_no_fast_arm()
    {
        Arm lazy = new("lazy", Operations, (_, _) => 0, Operations);
        var thrown = Assert.Throws<InvalidOperationException>(() => PairedRun.Measure(lazy, Work("control", times: 1)));
        Assert.Equal("lazy: a pass returned 0 where 100000 is right", thrown.Message);
    }

    private static GatePair Pair(Arm subject) => new("a pair", subject, Work("control", times: 1));

    private static GateFigures Measure(GatePair pair) => pair.Measure(Turns);

    /// <summary>Sixteen rounds of a generator per operation, and each operation that many times.</summary>
    private static Arm Work(string name, int times) =>
        new(
            name,
            Operations,
            (from, to) =>
            {
                uint state = 1;
                for (int round = 0; round < (to - from) * 16 * times; round++)
                {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                }

                return state == 0 ? 0 : to - from;
            },
            Operations
        );

    private static Arm Allocating()
    {
        object?[] kept = new object?[16];
        return new(
            "allocating",
            Operations,
            (from, to) =>
            {
                for (int i = from; i < to; i++)
                {
                    kept[i & 15] = new object();
                }

                return to - from;
            },
            Operations
        );
    }
}
