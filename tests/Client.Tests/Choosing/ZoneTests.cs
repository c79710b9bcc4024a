using Rollcall.Client.Choosing;
using Rollcall.Client.Tests.Catalogues;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Choosing;

/// <summary>Own zone first, spill-over, loss of zones, fall-back to another region: distribution by counts.</summary>
public sealed class ZoneTests
{
    private const int Calls = 40_000;

    [Fact]
    public void Even_zones_keep_all_calls_at_home() =>
        Assert.Equal(["a-1", "a-2"], Bench("a", a: 2, b: 2, c: 2).Count("orders", 1_000).Keys);

    [Fact]
    public void A_zone_with_more_than_its_share_keeps_all_calls_at_home() =>
        Assert.Equal(["b-1", "b-2", "b-3"], Bench("b", a: 1, b: 3, c: 1).Count("orders", 1_000).Keys);

    [Fact]
    public void Without_a_zone_all_are_alike() =>
        ChoiceTests.Spread(Bench(null, a: 1, b: 3).Count("orders", Calls), ("a-1", 0.25), ("b-1", 0.25), ("b-2", 0.25), ("b-3", 0.25));

    [Fact]
    public void A_zone_that_is_too_small_gets_what_it_can_bear_and_the_rest_goes_where_there_is_room()
    {
        // 1 of 10 instances in one of three zones: it can bear 3/10 of its callers' calls. b has no room, c has.
        var counts = Bench("a", a: 1, b: 1, c: 8).Count("orders", Calls);
        ChoiceTests.Spread(counts, [("a-1", 0.3), .. Enumerable.Range(1, 8).Select(i => ($"c-{i}", 0.7 / 8))]);
    }

    /// <summary>Callers spread evenly over the zones: every instance gets the same, however uneven the zones are.</summary>
    [Theory]
    [InlineData(1, 9, 0)]
    [InlineData(1, 1, 8)]
    [InlineData(2, 3, 5)]
    [InlineData(4, 4, 1)]
    [InlineData(3, 3, 3)]
    [InlineData(1, 20, 20)]
    public void However_uneven_the_zones_are_no_instance_gets_more_than_its_part(int a, int b, int c)
    {
        (string Zone, int Size)[] zones = [.. new[] { ("a", a), ("b", b), ("c", c) }.Where(zone => zone.Item2 > 0)];
        Dictionary<string, int> sum = [];
        foreach ((string zone, int _) in zones)
        {
            foreach ((string id, int count) in Bench(zone, a, b, c).Count("orders", Calls))
            {
                sum[id] = sum.GetValueOrDefault(id) + count;
            }
        }

        double fair = (double)Calls * zones.Length / (a + b + c);
        Assert.All(sum, each => Assert.InRange(each.Value, fair * 0.9, fair * 1.1));
        Assert.Equal(a + b + c, sum.Count);
    }

    [Fact]
    public void When_the_own_zone_is_lost_calls_go_to_the_others()
    {
        CatalogueBench bench = Bench("a", a: 2, b: 2, c: 2).Cancel("orders", "a-1", "a-2").Sync();
        ChoiceTests.Spread(bench.Count("orders", Calls), ("b-1", 0.25), ("b-2", 0.25), ("c-1", 0.25), ("c-2", 0.25));
    }

    [Fact]
    public void When_another_zone_is_lost_calls_stay_at_home()
    {
        CatalogueBench bench = Bench("a", a: 2, b: 2, c: 2).Cancel("orders", "b-1", "b-2").Sync();
        Assert.Equal(["a-1", "a-2"], bench.Count("orders", 1_000).Keys);
    }

    [Fact]
    public void A_zone_that_fails_spills_over_as_far_as_it_fails()
    {
        // Half of zone a is aside: 2 of 10 left, in one of three zones: bears 6/10. b and c have 4 of 10 each: room for 2/10 each.
        CatalogueBench bench = Bench("a", a: 4, b: 4, c: 4).PutAside("orders", "a-1", "a-2");
        ChoiceTests.Spread(
            bench.Count("orders", Calls),
            [("a-3", 0.3), ("a-4", 0.3), .. Enumerable.Range(1, 4).SelectMany(i => new[] { ($"b-{i}", 0.05), ($"c-{i}", 0.05) })]
        );

        bench.PutAside("orders", "a-3", "a-4");
        Assert.DoesNotContain(bench.Count("orders", 4_000).Keys, id => id.StartsWith('a'));
        bench.Time.Pass(bench.Options.AsideMax);
        Assert.All(bench.Count("orders", 1_000).Keys, id => Assert.StartsWith("a", id, StringComparison.Ordinal));
    }

    [Fact]
    public void Weights_are_what_a_zone_can_bear_if_they_count()
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = ChoicePolicy.Weighted, Zone = "a", Seed = 3 });
        bench.Register(RegistrationBuilder.Of("orders", "a-1") with { Zone = "a", Weight = 300 });
        bench.Register(RegistrationBuilder.Of("orders", "b-1") with { Zone = "b", Weight = 100 });
        bench.Register(RegistrationBuilder.Of("orders", "b-2") with { Zone = "b", Weight = 200 }).Sync();
        Assert.Equal(["a-1"], bench.Count("orders", 1_000).Keys);
    }

    [Fact]
    public void The_own_region_comes_first_then_all_others()
    {
        CatalogueBench bench = Regions();
        Assert.Equal(["eu-1", "eu-2"], bench.Count("orders", 1_000).Keys);
        bench.PutAside("orders", "eu-1");
        Assert.Equal(["eu-2"], bench.Count("orders", 1_000).Keys);
        bench.PutAside("orders", "eu-2");
        ChoiceTests.Spread(bench.Count("orders", Calls), ("us-1", 0.5), ("us-2", 0.5));
        bench.Time.Pass(bench.Options.AsideMax);
        Assert.Equal(["eu-1", "eu-2"], bench.Count("orders", 1_000).Keys);
        bench.Cancel("orders", "eu-1", "eu-2").Sync();
        ChoiceTests.Spread(bench.Count("orders", Calls), ("us-1", 0.5), ("us-2", 0.5));
        bench.Cancel("orders", "us-1", "us-2").Sync();
        Assert.False(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, null, out _));
    }

    [Fact]
    public void Of_the_own_region_the_own_zone_comes_first_and_another_regions_zones_bear_the_calls_when_it_is_lost()
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = ChoicePolicy.Random, Region = "eu", Zone = "eu-a", Seed = 5 });
        foreach (string id in (string[])["eu-a-1", "eu-b-1", "us-a-1", "us-b-1", "us-b-2"])
        {
            bench.Register(RegistrationBuilder.Of("orders", id) with { Region = id[..2], Zone = id[..4] });
        }

        bench.Sync();
        Assert.Equal(["eu-a-1"], bench.Count("orders", 1_000).Keys);
        bench.Cancel("orders", "eu-a-1").Sync();
        Assert.Equal(["eu-b-1"], bench.Count("orders", 1_000).Keys);
        bench.Cancel("orders", "eu-b-1").Sync();

        // Three zones with the lost own one, so each is due a third: us-a has just that and no room, us-b has room.
        ChoiceTests.Spread(bench.Count("orders", Calls), ("us-b-1", 0.5), ("us-b-2", 0.5));
    }

    [Fact]
    public void The_name_of_an_Amazon_zone_says_the_region()
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = ChoicePolicy.Random, Region = "eu-west-1", Seed = 5 });
        bench.Register(RegistrationBuilder.Of("orders", "here") with { Zone = "eu-west-1a" });
        bench.Register(RegistrationBuilder.Of("orders", "there") with { Zone = "us-gov-east-1b" });
        bench.Register(RegistrationBuilder.Of("orders", "nowhere") with { Zone = "rack-7" }).Sync();
        Assert.Equal(["here"], bench.Count("orders", 1_000).Keys);
        Assert.Equal(["eu-west-1", null, "us-gov-east-1"], bench.Catalogue.Find("orders")!.Endpoints.ToArray().Select(each => each.Region));
    }

    [Fact]
    public void The_order_can_be_read()
    {
        CatalogueBench bench = Bench("a", a: 2, b: 8, c: 2);
        bench.Register(RegistrationBuilder.Of("orders", "d-1") with { Zone = "d", Status = InstanceStatus.OutOfService }).Sync();
        bench.PutAside("orders", "a-1");
        Assert.Equal(
            """
            ORDERS, seen from zone a, region (unknown):
              73 %, zone b: b-1, b-2, b-3, b-4, b-5, b-6, b-7, b-8
              27 %, zone a: a-2
              in reserve, zone c: c-1, c-2
              put aside: a-1
              not to be called: d-1
            """,
            ChoiceOrder.Describe(bench.Catalogue.Find("orders")!, bench.Options, new ClientClock(bench.Time).Now)
        );
        Assert.Equal(
            """
            ORDERS, seen from zone (unknown), region eu:
              100 %, any zone: eu-1, eu-2
              if those fail, other regions: us-1, us-2
            """,
            ChoiceOrder.Describe(Regions().Catalogue.Find("orders")!, Regions().Options, new ClientClock(Regions().Time).Now)
        );
    }

    private static CatalogueBench Regions()
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = ChoicePolicy.Random, Region = "eu", Seed = 3 });
        foreach (string id in (string[])["eu-1", "eu-2", "us-1", "us-2"])
        {
            bench.Register(RegistrationBuilder.Of("orders", id) with { Region = id[..2] });
        }

        return bench.Sync();
    }

    private static CatalogueBench Bench(string? zone, int a = 0, int b = 0, int c = 0)
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = ChoicePolicy.Random, Zone = zone, Seed = 11 });
        foreach ((string name, int size) in new[] { ("a", a), ("b", b), ("c", c) })
        {
            for (int i = 1; i <= size; i++)
            {
                bench.Register(RegistrationBuilder.Of("orders", $"{name}-{i}") with { Zone = name });
            }
        }

        return bench.Sync();
    }
}
