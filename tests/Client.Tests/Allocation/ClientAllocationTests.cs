using System.Diagnostics.Metrics;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Rollcall.Client.Tests.Catalogues;
using Rollcall.Core.Tests.Allocation;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Client.Tests.Allocation;

/// <summary>Look-ups and choices allocate exactly what <c>bench/allocation-budget-client.json</c> says: nothing.</summary>
public class ClientAllocationTests(ITestOutputHelper output)
{
    private const int CallCount = 10_000;
    private const int ZoneSize = 20;

    private static readonly IReadOnlyDictionary<string, long> s_budget = AllocationBudget.Read("bench/allocation-budget-client.json");

    private static readonly MeterListener s_listener = new();
    private static long s_counted;

    private static readonly Dictionary<string, Func<Action>> s_measured = new()
    {
        ["Catalogue.Find(string)"] = () =>
        {
            Catalogue catalogue = Bench(ChoicePolicy.Random).Catalogue;
            return () => Require(catalogue.Find("Orders") is not null);
        },
        ["Catalogue.Find(ReadOnlySpan<char>)"] = () =>
        {
            Catalogue catalogue = Bench(ChoicePolicy.Random).Catalogue;
            return () => Require(catalogue.Find("http://orders/path".AsSpan(7, 6)) is not null);
        },
        ["Catalogue.FindVip"] = () =>
        {
            Catalogue catalogue = Bench(ChoicePolicy.Random).Catalogue;
            return () => Require(catalogue.FindVip("shop") is not null);
        },
        ["InstanceChooser.TryChoose(RoundRobin)"] = () => Choosing(Bench(ChoicePolicy.RoundRobin)),
        ["InstanceChooser.TryChoose(Random)"] = () => Choosing(Bench(ChoicePolicy.Random)),
        ["InstanceChooser.TryChoose(Weighted)"] = () => Choosing(Bench(ChoicePolicy.Weighted)),
        ["InstanceChooser.TryChoose(LeastPending)"] = () => Choosing(Bench(ChoicePolicy.LeastPending)),
        ["InstanceChooser.TryChoose(another)"] = () =>
        {
            CatalogueBench bench = Bench(ChoicePolicy.LeastPending);
            ServiceEndpoint failed = bench.Catalogue.Find("orders")!.Endpoints[0];
            return Choosing(bench, failed);
        },
        ["InstanceChooser.TryChoose(one is aside)"] = () => Choosing(Bench(ChoicePolicy.LeastPending).PutAside("orders", "a-3")),
        ["RollcallClient.TryChoose"] = () => Choosing(Started(), vip: false),
        ["RollcallClient.TryChoose(measured)"] = () =>
        {
            RollcallClient client = Started();
            Listen();
            return Choosing(client, vip: false);
        },
        ["RollcallClient.TryChooseVip"] = () => Choosing(Started(), vip: true),
    };

    public static TheoryData<string> Budget => [.. s_budget.Keys];

    [ReleaseTheory]
    [MemberData(nameof(Budget))]
    public void A_call_allocates_exactly_its_budget(string member)
    {
        Action call = s_measured[member]();
        long bytes = 0;
        for (int round = 0; round < 8; round++) // until the code is compiled for good
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < CallCount; i++)
            {
                call();
            }

            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        output.WriteLine($"{member}: {bytes} bytes in {CallCount} calls");
        Assert.Equal(s_budget[member] * CallCount, bytes);
    }

    [Fact]
    public void Every_line_of_the_budget_is_measured_and_nothing_else_is() =>
        Assert.Equal(s_budget.Keys.Order(StringComparer.Ordinal), s_measured.Keys.Order(StringComparer.Ordinal));

    private static Action Choosing(CatalogueBench bench, ServiceEndpoint? avoid = null) =>
        () =>
        {
            Require(bench.Chooser.TryChoose(bench.Catalogue.Find("orders")!, avoid, out Pick pick));
            pick.End(CallOutcome.Succeeded);
        };

    private static Action Choosing(RollcallClient client, bool vip) =>
        () =>
        {
            Require(vip ? client.TryChooseVip("shop", secure: false, out Pick pick) : client.TryChoose("Orders", out pick));
            pick.End(CallOutcome.Succeeded);
        };

    // Lives as long as the process: what is measured with a listener would be measured without one, if it were collected.
    private static RollcallClient Started()
    {
        var bench = new ClientBench();
        bench.Node.Registry.Register(RegistrationBuilder.Of("orders", "o-1") with { Vips = "shop" });
        bench.Node.Registry.Register(RegistrationBuilder.Of("orders", "o-2") with { Vips = "shop" });
        bench.Client.StartAsync().GetAwaiter().GetResult();
        Wait.UntilAsync(() => bench.Client.Catalogue.Find("orders")?.UpCount == 2, "the catalogue knows both").GetAwaiter().GetResult();
        return bench.Client;
    }

    private static void Listen()
    {
        s_listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "rollcall.client.choices")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        s_listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref s_counted, count));
        s_listener.Start();
        Started().TryChoose("orders", out _);
        Require(Interlocked.Read(ref s_counted) > 0); // other tests may be counted, too
    }

    // Zone a is too small for its callers: each choice draws a zone, too.
    private static CatalogueBench Bench(ChoicePolicy policy)
    {
        var bench = new CatalogueBench(new ClientOptions { Policy = policy, Zone = "a", Seed = 1 });
        foreach ((string zone, int size) in new[] { ("a", ZoneSize / 2), ("b", ZoneSize), ("c", ZoneSize) })
        {
            for (int i = 0; i < size; i++)
            {
                bench.Register(RegistrationBuilder.Of("orders", $"{zone}-{i}") with { Zone = zone, Vips = "shop", Weight = i + 1 });
            }
        }

        return bench.Sync();
    }

    // Not an assertion of xunit: those allocate.
    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("a measured call did not do what it is measured for");
        }
    }
}
