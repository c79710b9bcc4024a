using Rollcall.Client.Catalogues;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Catalogues;

/// <summary>When a list that is empty, or shrunken, is believed.</summary>
public sealed class EmptyListGuardTests
{
    private static readonly TimeSpan s_hold = new ClientOptions().HoldVanished;

    /// <summary>Why instances leave, as the registry tells it.</summary>
    public enum Loss
    {
        Cancelled,
        OutOfService,
        ExpiredAfterGuard,
        Expired,
        MissingFromFullRead,
        RegistryRestarted,
    }

    /// <summary>The truth table: of ten instances so many leave, for that reason; how many are kept.</summary>
    [Theory]
    [InlineData(Loss.Cancelled, 1, 0)]
    [InlineData(Loss.Cancelled, 6, 0)]
    [InlineData(Loss.Cancelled, 10, 0)]
    [InlineData(Loss.OutOfService, 1, 0)]
    [InlineData(Loss.OutOfService, 6, 0)]
    [InlineData(Loss.OutOfService, 10, 0)]
    [InlineData(Loss.ExpiredAfterGuard, 1, 0)]
    [InlineData(Loss.ExpiredAfterGuard, 6, 0)]
    [InlineData(Loss.ExpiredAfterGuard, 10, 0)]
    [InlineData(Loss.Expired, 1, 0)]
    [InlineData(Loss.Expired, 5, 0)]
    [InlineData(Loss.Expired, 6, 6)]
    [InlineData(Loss.Expired, 10, 10)]
    [InlineData(Loss.MissingFromFullRead, 1, 0)]
    [InlineData(Loss.MissingFromFullRead, 5, 0)]
    [InlineData(Loss.MissingFromFullRead, 6, 6)]
    [InlineData(Loss.MissingFromFullRead, 10, 10)]
    [InlineData(Loss.RegistryRestarted, 1, 0)]
    [InlineData(Loss.RegistryRestarted, 5, 0)]
    [InlineData(Loss.RegistryRestarted, 6, 6)]
    [InlineData(Loss.RegistryRestarted, 10, 10)]
    public void What_left_without_a_word_is_kept_for_a_while_if_few_would_be_left(Loss loss, int lost, int kept)
    {
        CatalogueBench bench = TenInstances(out RegistryUpdate full);
        bench.Take(After(full, loss, lost));

        EndpointList list = bench.Catalogue.Find("orders")!;
        Assert.Equal((10 - lost, kept), (list.UpCount, list.HeldUpCount));
        Assert.Equal(kept > 0 ? 1 : 0, bench.Notices.Count(notice => notice.Kind == ClientNoticeKind.Held));

        bench.Time.Pass(s_hold - TimeSpan.FromTicks(1));
        bench.Keeper.Release(new ClientClock(bench.Time).Now + s_hold - TimeSpan.FromTicks(1));
        Assert.Equal(kept, bench.Catalogue.Find("orders")!.HeldUpCount);
        bench.Keeper.Release(new ClientClock(bench.Time).Now + s_hold);
        Assert.Equal((10 - lost, 0), (bench.Catalogue.Find("orders")!.UpCount, bench.Catalogue.Find("orders")!.HeldUpCount));
    }

    /// <summary>NA#4470, NA#5163, NE#1230: one empty answer wipes the callers' view.</summary>
    [Fact]
    public void A_registry_that_restarted_empty_does_not_empty_the_list()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1", "i-2", "i-3").Sync();
        bench.Restart(7);
        bench.Sync();
        Assert.Equal("(i-1) (i-2) (i-3)", bench.Callable("orders"));
        Assert.Equal(3, bench.Count("orders", 300).Count);

        bench.Register("orders", "i-2").Sync();
        Assert.Equal("(i-1) i-2 (i-3)", bench.Callable("orders"));
        bench.Register("orders", "i-1", "i-3").Sync();
        Assert.Equal("i-1 i-2 i-3", bench.Callable("orders"));
        bench.Keeper.Release(new MonotonicTime(long.MaxValue - 1));
        Assert.Equal("i-1 i-2 i-3", bench.Callable("orders")); // what is back is held no more
    }

    /// <summary>NE#1490: a restarting node hands out a part.</summary>
    [Fact]
    public void A_registry_that_restarted_with_a_part_does_not_shrink_the_list()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1", "i-2", "i-3", "i-4").Sync();
        bench.Restart(7);
        bench.Register("orders", "i-4").Sync();
        Assert.Equal("(i-1) (i-2) (i-3) i-4", bench.Callable("orders"));
        Assert.Equal(4, bench.Count("orders", 400).Count);

        // Half are back: those are enough, the others are called no more, though they are still shown.
        bench.Register("orders", "i-3").Sync();
        Assert.Equal(["i-3", "i-4"], bench.Count("orders", 400).Keys);
    }

    /// <summary>nacos-sdk-rust#226, light-4j#376: the last instance can never be removed.</summary>
    [Fact]
    public void The_last_instance_can_be_removed()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Sync();
        bench.Cancel("orders", "i-1").Sync();
        Assert.Equal("", bench.Callable("orders"));
        Assert.Equal("ORDERS: its last instance left, cancelled.", bench.Catalogue.WhyNothing("orders"));
    }

    [Fact]
    public void A_last_instance_that_dies_goes_as_well_a_while_later()
    {
        CatalogueBench bench = new CatalogueBench();
        bench.Register(RegistrationBuilder.Of("orders", "i-1") with { LeaseDuration = TimeSpan.FromSeconds(30) }).Sync();
        bench.Pass(TimeSpan.FromSeconds(31));
        Assert.Equal("(i-1)", bench.Callable("orders"));
        bench.Pass(s_hold - TimeSpan.FromSeconds(1));
        Assert.Equal("(i-1)", bench.Callable("orders"));
        bench.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal("", bench.Callable("orders"));
        Assert.Equal("ORDERS: its last instance left, its lease ended.", bench.Catalogue.WhyNothing("orders"));
    }

    [Fact]
    public void Several_restarts_do_not_lengthen_the_hold()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Sync();
        for (ulong restart = 0; restart < 3; restart++)
        {
            bench.Restart(restart + 2);
            bench.Sync().Pass(s_hold / 3);
        }

        Assert.Equal("", bench.Callable("orders"));
    }

    [Fact]
    public void A_held_instance_that_is_cancelled_after_all_goes_at_once()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1", "i-2").Sync();
        bench.Restart(7);
        bench.Sync().Register("orders", "i-1").Sync().Cancel("orders", "i-1").Sync();
        Assert.Equal("(i-2)", bench.Callable("orders"));
    }

    [Fact]
    public void Without_a_hold_every_list_is_believed()
    {
        CatalogueBench bench = new CatalogueBench(new ClientOptions { HoldVanished = TimeSpan.Zero }).Register("orders", "i-1").Sync();
        bench.Restart(7);
        Assert.Equal("", bench.Sync().Callable("orders"));
    }

    [Fact]
    public void One_service_that_vanishes_is_judged_by_itself()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Register("stock", [.. Ids(20)]).Sync();
        bench.Restart(7);
        bench.Register("stock", [.. Ids(19)]).Sync();
        Assert.Equal("(i-1)", bench.Callable("orders"));
        Assert.Equal(0, bench.Catalogue.Find("stock")!.HeldUpCount);
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"i-{i}");

    private static CatalogueBench TenInstances(out RegistryUpdate full)
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", [.. Ids(10)]);
        full = new EmbeddedLink(bench.Registry, Core.Access.Principal.Anyone).ReadAsync(InstanceFilter.All).AsTask().Result;
        return bench.Take(full);
    }

    private static RegistryUpdate After(RegistryUpdate full, Loss loss, int lost)
    {
        RegistryVersion next = full.Version with { Number = full.Version.Number + (ulong)lost };
        Instance[] left = [.. full.Instances.Skip(lost)];
        return loss switch
        {
            Loss.MissingFromFullRead => RegistryUpdate.Snapshot(next, left),
            Loss.RegistryRestarted => RegistryUpdate.Snapshot(new RegistryVersion(full.Version.Epoch + 1, 3), left),
            _ => RegistryUpdate.Changed(next, [.. full.Instances.Take(lost).Select((each, i) => Change(each, full.Version.Number + 1 + (ulong)i, loss))]),
        };
    }

    private static InstanceChange Change(Instance instance, ulong version, Loss loss) =>
        new(
            version,
            instance.Number,
            loss == Loss.OutOfService ? ChangeKind.Modified : ChangeKind.Removed,
            loss switch
            {
                Loss.Cancelled => ChangeCause.Cancelled,
                Loss.Expired => ChangeCause.Expired,
                Loss.ExpiredAfterGuard => ChangeCause.ExpiredAfterGuard,
                _ => ChangeCause.Registered,
            },
            WriteSource.Owner,
            0,
            default,
            null,
            InstanceStatus.OutOfService,
            null
        );
}
