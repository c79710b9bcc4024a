using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Rollcall.Client.Tests.Catalogues;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Choosing;

/// <summary>Which instance is called: counted, with fixed seeds.</summary>
public sealed class ChoiceTests
{
    [Fact]
    public void Round_robin_takes_each_in_turn()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c").Sync();
        Assert.All(bench.Count("orders", 300).Values, count => Assert.Equal(100, count));
    }

    [Fact]
    public void Random_gives_each_the_same_chance()
    {
        CatalogueBench bench = Bench(ChoicePolicy.Random).Register("orders", "a", "b", "c", "d").Sync();
        Spread(bench.Count("orders", 40_000), ("a", 0.25), ("b", 0.25), ("c", 0.25), ("d", 0.25));
    }

    [Fact]
    public void Weights_are_shares_and_a_weight_of_0_gets_nothing()
    {
        CatalogueBench bench = Weighted(("a", 10), ("b", 0), ("c", 60), ("d", 30), ("e", 0));
        Spread(bench.Count("orders", 40_000), ("a", 0.1), ("c", 0.6), ("d", 0.3));
    }

    [Fact]
    public void If_all_weights_are_0_they_are_all_alike() =>
        Spread(Weighted(("a", 0), ("b", 0)).Count("orders", 20_000), ("a", 0.5), ("b", 0.5));

    [Fact]
    public void Weights_do_not_count_where_they_were_not_asked_for()
    {
        CatalogueBench bench = Bench(ChoicePolicy.Random);
        bench.Register(RegistrationBuilder.Of("orders", "a") with { Weight = 1 });
        bench.Register(RegistrationBuilder.Of("orders", "b") with { Weight = 60_000 }).Sync();
        Spread(bench.Count("orders", 20_000), ("a", 0.5), ("b", 0.5));
    }

    [Fact]
    public void Least_pending_of_two_keeps_away_from_the_one_that_hangs()
    {
        CatalogueBench bench = Bench(ChoicePolicy.LeastPending).Register("orders", "a", "b", "c", "d").Sync();
        ServiceEndpoint slow = Endpoint(bench, "a");
        for (int call = 0; call < 50; call++)
        {
            slow.Health.Begin();
        }

        // Drawn against itself only if there is no other: never.
        Spread(bench.Count("orders", 30_000), ("b", 1 / 3.0), ("c", 1 / 3.0), ("d", 1 / 3.0));
    }

    [Fact]
    public void Least_pending_of_two_levels_calls_that_are_open_at_once()
    {
        CatalogueBench bench = Bench(ChoicePolicy.LeastPending).Register("orders", [.. Enumerable.Range(0, 20).Select(i => $"i-{i:00}")]).Sync();
        List<Pick> open = [];
        for (int call = 0; call < 2_000; call++)
        {
            Assert.True(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, null, out Pick pick));
            open.Add(pick);
        }

        int[] pending = [.. bench.Catalogue.Find("orders")!.Endpoints.ToArray().Select(each => each.Pending)];
        Assert.InRange(pending.Max() - pending.Min(), 0, 6); // drawn blindly the spread would be about 40
        open.ForEach(pick => pick.End(CallOutcome.Dropped));
        Assert.All(bench.Catalogue.Find("orders")!.Endpoints.ToArray(), each => Assert.Equal(0, each.Pending));
    }

    [Theory]
    [InlineData(InstanceStatus.Starting)]
    [InlineData(InstanceStatus.Down)]
    [InlineData(InstanceStatus.OutOfService)]
    [InlineData(InstanceStatus.Unknown)]
    public void Only_those_that_are_up_are_called(InstanceStatus status)
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a");
        bench.Register(RegistrationBuilder.Of("orders", "b") with { Status = status }).Sync();
        Assert.Equal(["a"], bench.Count("orders", 10).Keys);
    }

    [Fact]
    public void With_nothing_to_call_there_is_no_choice()
    {
        CatalogueBench bench = Bench(ChoicePolicy.Random).Register("orders", "a").Sync().Cancel("orders", "a").Sync();
        Assert.False(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, null, out _));
    }

    [Fact]
    public void Failures_in_a_row_put_an_instance_aside_longer_each_time_until_a_call_succeeds()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c").Sync();
        Assert.Equal(["a", "b", "c"], Called(bench));
        bench.PutAside("orders", "b");
        Assert.Equal(["a", "c"], Called(bench));

        TimeSpan aside = bench.Options.AsideFirst;
        for (int time = 0; time < 3; time++, aside *= 2)
        {
            bench.Time.Pass(aside - TimeSpan.FromTicks(1));
            Assert.Equal(["a", "c"], Called(bench));
            bench.Time.Pass(TimeSpan.FromTicks(1));
            Assert.Equal(["a", "b", "c"], Called(bench, CallOutcome.Dropped));
            Call(bench, "b", CallOutcome.Failed); // on probation: once is enough
            Assert.Equal(["a", "c"], Called(bench));
        }

        bench.Time.Pass(aside);
        Call(bench, "b", CallOutcome.Succeeded);
        Call(bench, "b", CallOutcome.Failed, CallOutcome.Failed);
        Assert.Equal(["a", "b", "c"], Called(bench)); // two of three: the slate was clean
    }

    [Fact]
    public void Time_aside_has_a_limit()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c").Sync();
        for (int time = 0; time < 30; time++)
        {
            bench.PutAside("orders", "b").Time.Pass(bench.Options.AsideMax);
        }

        Assert.Equal(["a", "b", "c"], Called(bench));
    }

    [Fact]
    public void Successes_between_failures_put_nothing_aside()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c").Sync();
        for (int i = 0; i < 20; i++)
        {
            Call(bench, "a", CallOutcome.Failed, CallOutcome.Failed, CallOutcome.Succeeded);
        }

        Assert.Equal(["a", "b", "c"], Called(bench));
    }

    [Fact]
    public void Those_left_share_evenly_what_the_one_aside_would_have_got()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c", "d").Sync().PutAside("orders", "b");
        Assert.All(bench.Count("orders", 300).Values, count => Assert.Equal(100, count));
    }

    [Fact]
    public void If_most_would_be_put_aside_none_is_the_fault_is_elsewhere()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin).Register("orders", "a", "b", "c", "d").Sync();
        bench.PutAside("orders", "a", "b");
        Assert.Equal(["c", "d"], Called(bench));
        bench.PutAside("orders", "c");
        Assert.Equal(["a", "b", "c", "d"], Called(bench, CallOutcome.Dropped));
    }

    [Fact]
    public void What_was_learned_of_an_instance_outlives_a_change_of_its_record_and_holds_for_its_virtual_address()
    {
        CatalogueBench bench = Bench(ChoicePolicy.RoundRobin);
        foreach (string id in (string[])["a", "b", "c"])
        {
            bench.Register(RegistrationBuilder.Of("orders", id) with { Vips = "shop" });
        }

        bench.Sync().PutAside("orders", "b");
        Assert.True(bench.Chooser.TryChoose(bench.Catalogue.FindVip("shop")!, null, out Pick before));
        bench.Register(RegistrationBuilder.Of("orders", "b") with { Vips = "shop", Weight = 7 }).Sync();
        Assert.Equal(["a", "c"], Called(bench));
        for (int call = 0; call < 20; call++)
        {
            Assert.True(bench.Chooser.TryChoose(bench.Catalogue.FindVip("shop")!, null, out Pick pick));
            Assert.NotEqual("b", pick.Endpoint.Id);
        }

        before.End(CallOutcome.Dropped);
    }

    [Theory]
    [InlineData(ChoicePolicy.RoundRobin)]
    [InlineData(ChoicePolicy.Random)]
    [InlineData(ChoicePolicy.Weighted)]
    [InlineData(ChoicePolicy.LeastPending)]
    public void A_second_try_goes_to_another_instance_while_there_is_one(ChoicePolicy policy)
    {
        CatalogueBench bench = Bench(policy).Register("orders", "a", "b").Sync();
        for (int call = 0; call < 200; call++)
        {
            Assert.True(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, null, out Pick first));
            Assert.True(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, first.Endpoint, out Pick second));
            Assert.NotEqual(first.Endpoint.Id, second.Endpoint.Id);
            first.End(CallOutcome.Dropped);
            second.End(CallOutcome.Succeeded);
        }

        bench.Cancel("orders", "b").Sync();
        Assert.True(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, Endpoint(bench, "a"), out Pick only));
        Assert.Equal("a", only.Endpoint.Id);
    }

    [Fact]
    public void Many_threads_choose_and_end_at_once_and_no_call_stays_open()
    {
        CatalogueBench bench = Bench(ChoicePolicy.LeastPending).Register("orders", "a", "b", "c").Sync();
        Parallel.For(
            0,
            8,
            thread =>
            {
                for (int call = 0; call < 5_000; call++)
                {
                    Assert.True(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, null, out Pick pick));
                    pick.End((CallOutcome)((call + thread) % 3));
                }
            }
        );
        Assert.All(bench.Catalogue.Find("orders")!.Endpoints.ToArray(), each => Assert.Equal(0, each.Pending));
    }

    /// <summary>Shares within 5 standard deviations, and nothing else chosen.</summary>
    internal static void Spread(IReadOnlyDictionary<string, int> counts, params (string Id, double Share)[] expected)
    {
        int calls = counts.Values.Sum();
        Assert.Equal(expected.Where(each => each.Share > 0).Select(each => each.Id).Order(StringComparer.Ordinal), counts.Keys);
        foreach ((string id, double share) in expected.Where(each => each.Share > 0))
        {
            double slack = 5 * Math.Sqrt(share * (1 - share) / calls);
            Assert.InRange(counts[id] / (double)calls, share - slack, share + slack);
        }
    }

    private static CatalogueBench Bench(ChoicePolicy policy) => new(new ClientOptions { Policy = policy, Seed = 42 });

    private static CatalogueBench Weighted(params (string Id, int Weight)[] instances)
    {
        CatalogueBench bench = Bench(ChoicePolicy.Weighted);
        foreach ((string id, int weight) in instances)
        {
            bench.Register(RegistrationBuilder.Of("orders", id) with { Weight = weight });
        }

        return bench.Sync();
    }

    private static IEnumerable<string> Called(CatalogueBench bench, CallOutcome outcome = CallOutcome.Succeeded) =>
        bench.Count("orders", 60, outcome).Keys;

    private static ServiceEndpoint Endpoint(CatalogueBench bench, string id) =>
        bench.Catalogue.Find("orders")!.Endpoints.ToArray().Single(each => each.Id == id);

    private static void Call(CatalogueBench bench, string id, params CallOutcome[] outcomes)
    {
        foreach (CallOutcome outcome in outcomes)
        {
            ServiceEndpoint endpoint = Endpoint(bench, id);
            endpoint.Health.Begin();
            new Pick(bench.Chooser, endpoint).End(outcome);
        }
    }
}
