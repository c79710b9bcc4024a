using Rollcall.Client.Catalogues;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Catalogues;

/// <summary>What a client knows of the registry: the right lists, swapped whole.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void A_service_is_found_in_any_case_and_by_a_piece_of_text()
    {
        CatalogueBench bench = new CatalogueBench().Register("Orders", "i-1").Sync();
        Assert.Same(bench.Catalogue.Find("ORDERS"), bench.Catalogue.Find("orders"));
        Assert.Same(bench.Catalogue.Find("ORDERS"), bench.Catalogue.Find("http://oRDers/".AsSpan(7, 6)));
        Assert.Null(bench.Catalogue.Find("order"));
    }

    [Fact]
    public void Virtual_addresses_lead_to_the_instances_of_every_service_that_has_them()
    {
        CatalogueBench bench = new CatalogueBench()
            .Register(RegistrationBuilder.Of("orders", "o-1") with { Vips = "shop, orders-v2", SecureVips = "tls" })
            .Register(RegistrationBuilder.Of("stock", "s-1") with { Vips = "shop" })
            .Sync();
        Assert.Equal(["o-1", "s-1"], Ids(bench.Catalogue.FindVip("shop")));
        Assert.Equal(["o-1"], Ids(bench.Catalogue.FindVip("orders-v2")));
        Assert.Equal(["o-1"], Ids(bench.Catalogue.FindVip("tls", secure: true)));
        Assert.Null(bench.Catalogue.FindVip("tls"));
        Assert.Null(bench.Catalogue.FindVip("SHOP"));

        bench.Register(RegistrationBuilder.Of("orders", "o-1") with { Vips = "orders-v3" }).Sync();
        Assert.Equal(["s-1"], Ids(bench.Catalogue.FindVip("shop")));
        Assert.Equal(["o-1"], Ids(bench.Catalogue.FindVip("orders-v3")));
        Assert.Null(bench.Catalogue.FindVip("orders-v2"));
        Assert.Null(bench.Catalogue.FindVip("tls", secure: true));
    }

    [Fact]
    public void A_catalogue_in_hand_does_not_change()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Sync();
        Catalogue before = bench.Catalogue;
        bench.Register("orders", "i-2").Cancel("orders", "i-1").Sync();
        Assert.Equal(["i-1"], Ids(before.Find("orders")));
        Assert.Equal(["i-2"], Ids(bench.Catalogue.Find("orders")));
        Assert.True(before.Version.Number < bench.Catalogue.Version.Number);
    }

    [Fact]
    public void A_list_that_nothing_happened_to_is_the_same_object_in_the_next_catalogue()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Register("stock", "s-1").Sync();
        EndpointList? stock = bench.Catalogue.Find("stock");
        bench.Register("orders", "i-2").Sync();
        Assert.Same(stock, bench.Catalogue.Find("stock"));
    }

    /// <summary>A seeded run of every kind of change; after each step the catalogue holds what the registry holds.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_any_changes_it_holds_what_the_registry_holds(int seed)
    {
        var random = new Random(seed);
        var bench = new CatalogueBench(new ClientOptions { HoldVanished = TimeSpan.Zero });
        string[] vips = ["a", "b", "a,b", "c"];
        for (int step = 0; step < 400; step++)
        {
            for (int change = random.Next(4); change >= 0; change--)
            {
                InstanceKey key = InstanceKey.Of($"s-{random.Next(4)}", $"i-{random.Next(12)}");
                MonotonicTime now = bench.Registry.Now;
                _ = random.Next(6) switch
                {
                    0 => bench.Registry.Cancel(key, now).Version,
                    1 => bench.Registry.SetStatus(key, InstanceStatus.OutOfService, now).Version,
                    2 => bench.Registry.ClearStatus(key, now).Version,
                    3 => bench.Registry.SetMetadata(key, [KeyValuePair.Create("k", $"{step}")], now).Version,
                    _ => bench
                        .Registry.Register(
                            RegistrationBuilder.Of($"s-{random.Next(4)}", $"i-{random.Next(12)}") with
                            {
                                Vips = vips[random.Next(vips.Length)],
                                Status = (InstanceStatus)random.Next(5),
                            },
                            now
                        )
                        .Version,
                };
            }

            if (random.Next(40) == 0)
            {
                bench.Restart((ulong)step + 10);
            }

            bench.Sync(inFull: random.Next(10) == 0);
            Agrees(bench);
        }
    }

    [Fact]
    public void Why_there_is_nothing_to_call_is_said()
    {
        CatalogueBench bench = new(new ClientOptions { Follow = InstanceFilter.Services("orders", "stock") });
        Assert.Equal("orders: no registry has been heard yet.", bench.Catalogue.WhyNothing("orders"));
        bench.Sync();
        Assert.Equal("orders: the registry knows no instance of it.", bench.Catalogue.WhyNothing("orders"));
        Assert.Equal(
            "mail: not among the services that are followed (Services: ORDERS, STOCK).",
            bench.Catalogue.WhyNothing("mail")
        );
        bench.Register(RegistrationBuilder.Of("orders", "i-1") with { Status = InstanceStatus.Starting }).Sync(inFull: true);
        Assert.Equal("ORDERS: none of its 1 instances is up.", bench.Catalogue.WhyNothing("orders"));
        bench.Register("orders", "i-1").Sync(inFull: true);
        Assert.Null(bench.Catalogue.WhyNothing("orders"));
    }

    [Theory]
    [InlineData("10.0.0.1", "http://10.0.0.1:8080/")]
    [InlineData("2001:db8::7", "http://[2001:db8::7]:8080/")]
    [InlineData("[2001:db8::7]", "http://[2001:db8::7]:8080/")]
    public void Addresses_become_urls_with_brackets_where_they_are_needed(string address, string url)
    {
        CatalogueBench bench = new CatalogueBench().Register(RegistrationBuilder.Of("orders", "i-1") with { Address = address }).Sync();
        ServiceEndpoint endpoint = bench.Catalogue.Find("orders")!.Endpoints[0];
        Assert.Equal(url, endpoint.Uri.ToString());
        Assert.Equal(url, endpoint.PlainUri!.ToString());
    }

    [Fact]
    public void A_tls_port_is_called_by_host_name_and_a_zone_may_stand_in_the_metadata()
    {
        Registration full = RegistrationBuilder.Full("orders", "i-1");
        CatalogueBench bench = new CatalogueBench().Register(full).Register(full with { Id = "i-2", Zone = null }).Sync();
        ReadOnlySpan<ServiceEndpoint> endpoints = bench.Catalogue.Find("orders")!.Endpoints;
        Assert.Equal("https://full.example.org:8443/", endpoints[0].Uri.ToString());
        Assert.Equal("http://[2001:db8::7]:8081/", endpoints[0].PlainUri!.ToString());
        Assert.Equal(("eu-1a", "a"), (endpoints[0].Zone, endpoints[1].Zone));
    }

    private static void Agrees(CatalogueBench bench)
    {
        Instance[] expected = [.. bench.Registry.ReadSnapshot().Instances()];
        foreach (IGrouping<string, Instance> service in expected.GroupBy(each => each.Service.Text))
        {
            Assert.Equal(service.Select(Portrait.Of), Portraits(bench.Catalogue.Find(service.Key)));
        }

        Assert.Equal(expected.Length, bench.Catalogue.Services.Sum(list => list.Endpoints.Length));
        foreach (string vip in (string[])["a", "b", "c"])
        {
            Assert.Equal(bench.Registry.ReadSnapshot().InstancesOfVip(vip, false).Select(Portrait.Of), Portraits(bench.Catalogue.FindVip(vip)));
        }
    }

    private static IEnumerable<string> Portraits(EndpointList? list) =>
        (list is null ? [] : list.Endpoints.ToArray()).Select(each => Portrait.Of(each.Record));

    private static IEnumerable<string> Ids(EndpointList? list) => list!.Endpoints.ToArray().Select(each => each.Id);
}
