using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private static readonly InstanceFilter[] s_filters =
    [
        InstanceFilter.All,
        InstanceFilter.Services("orders"),
        InstanceFilter.Services("Payments", "nobody", "orders", "größe"),
        InstanceFilter.Services("nobody"),
        InstanceFilter.Vips(secure: false, "orders"),
        InstanceFilter.Vips(secure: false, "orders-v2", "orders", "pay ments"),
        InstanceFilter.Vips(secure: true, "orders-tls"),
        InstanceFilter.Vips(secure: false, "Orders"),
    ];

    [ConformanceFact]
    public async Task A_read_gives_exactly_what_the_filter_selects()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        await twins.Agree("read of an empty registry", l => l.ReadAsync(InstanceFilter.All));
        Registration[] all =
        [
            RegistrationBuilder.Full("orders", "i-1"),
            RegistrationBuilder.Full("orders", "i-2") with { Vips = "orders" },
            RegistrationBuilder.Of("orders", "i-3"),
            RegistrationBuilder.Full("payments", "i-1") with { Vips = "pay ments,orders" },
            RegistrationBuilder.Of("größe", "i-1") with { Vips = "orders-v2", SecureVips = "orders-tls,x" },
        ];
        foreach (Registration registration in all)
        {
            await twins.Agree($"register {registration.Service}/{registration.Id}", l => l.RegisterAsync(registration));
        }

        foreach (InstanceFilter filter in s_filters)
        {
            RegistryUpdate update = await twins.Agree($"read {filter}", l => l.ReadAsync(filter));
            Assert.Equal(UpdateKind.Snapshot, update.Kind);
        }
    }

    [ConformanceFact]
    public async Task A_node_that_warms_up_takes_writes_and_reads_of_one_and_says_that_it_cannot_tell_the_whole()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { Cluster = new ClusterOptions { ClusterId = "c" } });
        var node = new ClusterNode(venue.Registry, expectsPeers: true, venue.Registry.Now);
        IRegistryLink link = await venue.DialAsync();
        foreach (IRegistryLink one in (IRegistryLink[])[link, new EmbeddedLink(venue.Registry, Principal.Anyone)])
        {
            RegisterResult registered = await venue.Soon(one.RegisterAsync(RegistrationBuilder.Of("orders", "i-1")).AsTask(), "register");
            Assert.Null(registered.Error);
            Assert.True(await venue.Soon(one.RenewAsync(registered.Handle).AsTask(), "renew"));
            Assert.NotNull(await venue.Soon(one.FindAsync("orders", "i-1").AsTask(), "find"));
            Assert.Null((await venue.Soon(one.SetStatusAsync("orders", "i-1", InstanceStatus.Down).AsTask(), "set status")).Error);

            DeltaRead delta = await venue.Soon(one.ReadDeltaAsync(new(venue.Registry.BootEpoch, 0)).AsTask(), "read delta");
            Assert.Equal(RegistryErrorCode.Warming, delta.Error?.Code);
            foreach (InstanceFilter filter in s_filters)
            {
                await Refused(async () => await one.ReadAsync(filter));
            }

            await Refused(async () =>
            {
                await foreach (RegistryUpdate _ in one.WatchAsync(InstanceFilter.All, RegistryVersion.None, venue.Deadline))
                {
                    Assert.Fail("a watch of a node that warms up gave an update");
                }
            });
        }

        node.ExpectNoPeers();
        Assert.Single((await venue.Soon(link.ReadAsync(InstanceFilter.All).AsTask(), "read")).Instances);
        Assert.Null((await venue.Soon(link.ReadDeltaAsync(new(venue.Registry.BootEpoch, 0)).AsTask(), "read delta")).Error);

        async Task Refused(Func<Task> read)
        {
            LinkException refusal = await Assert.ThrowsAsync<LinkException>(() => read().WaitAsync(venue.Deadline));
            Assert.Equal(LinkFailure.Unavailable, refusal.Failure);
            Assert.Contains("this node has just started", refusal.Message, StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_read_of_many_comes_whole()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        foreach (Registration registration in RegistrationBuilder.Many("orders", 5_000))
        {
            venue.Under.Register(registration);
            await twins.Other.RegisterAsync(registration);
        }

        RegistryUpdate update = await twins.Agree("read", l => l.ReadAsync(InstanceFilter.All));
        Assert.Equal(5_000, update.Instances.Count);
    }

    [ConformanceFact]
    public async Task A_delta_holds_each_change_once_in_order()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        await using var twins = new Twins(venue, await venue.DialAsync());
        var mirror = new RegistryMirror();
        mirror.Apply(await twins.Agree("read of nothing", l => l.ReadAsync(InstanceFilter.All)));
        await twins.Agree("delta of nothing", l => l.ReadDeltaAsync(mirror.Version));

        Registration full = RegistrationBuilder.Full("orders", "i-1");
        await twins.Agree("register", l => l.RegisterAsync(full));
        await twins.Agree("register again", l => l.RegisterAsync(full with { Vips = "other", Status = InstanceStatus.Up }));
        await twins.Agree("register another", l => l.RegisterAsync(RegistrationBuilder.Of("orders", "i-2")));
        await twins.Agree("set status", l => l.SetStatusAsync("orders", "i-1", InstanceStatus.OutOfService));
        await twins.Agree("clear status", l => l.ClearStatusAsync("orders", "i-1"));
        await twins.Agree("set metadata", l => l.SetMetadataAsync("orders", "i-1", [new("a", "1")]));
        await twins.Agree("cancel", l => l.CancelAsync("orders", "i-2"));
        await twins.Agree("register in the place of what is gone", l => l.RegisterAsync(RegistrationBuilder.Of("payments", "i-2")));

        DeltaRead delta = await twins.Agree("delta of all", l => l.ReadDeltaAsync(mirror.Version));
        Assert.Equal(Enumerable.Range(1, 8).Select(v => (ulong)v), delta.Update!.Changes.Select(change => change.Version));
        mirror.Apply(delta.Update);
        Assert.Equal(
            venue.Registry.ReadSnapshot().Instances().Select(Portrait.Whole).Order(StringComparer.Ordinal),
            mirror.Instances.Select(Portrait.Whole).Order(StringComparer.Ordinal)
        );
        await twins.Agree("delta of one", l => l.ReadDeltaAsync(mirror.Version with { Number = 7 }));
        DeltaRead none = await twins.Agree("delta of none", l => l.ReadDeltaAsync(mirror.Version));
        Assert.Equal(UpdateKind.Progress, none.Update!.Kind);
    }

    [ConformanceFact]
    public async Task A_delta_of_many_comes_whole()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        IRegistryLink link = await venue.DialAsync();
        new Churn(venue.Under, seed: 31).Run(6_000);
        ulong since = venue.Under.Version / 4;
        DeltaRead delta = await link.ReadDeltaAsync(new RegistryVersion(venue.Registry.BootEpoch, since));
        Assert.Null(delta.Error);
        Assert.Equal(
            venue.Registry.ReadDelta(since).Changes.Select(change => Answers.Shown(InstanceChange.Of(change))),
            delta.Update!.Changes.Select(change => Answers.Shown(change))
        );
    }

    [ConformanceFact]
    public async Task Changes_that_are_not_kept_any_more_are_refused_with_the_same_words()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { ChangeRingCapacity = 64 });
        await using var twins = new Twins(venue, await venue.DialAsync());
        var first = new RegistryVersion(venue.Registry.BootEpoch, 0);
        foreach (Registration registration in RegistrationBuilder.Many("orders", 64))
        {
            await twins.Agree("register", l => l.RegisterAsync(registration));
        }

        Assert.Equal(64, (await twins.Agree("delta of all that is kept", l => l.ReadDeltaAsync(first))).Update!.Changes.Count);
        await twins.Agree("cancel", l => l.CancelAsync("orders", "i-0"));
        RegistryVersion[] refused = [first, first with { Number = 66 }, first with { Epoch = first.Epoch + 1 }, RegistryVersion.None];
        foreach (RegistryVersion since in refused)
        {
            Assert.NotNull((await twins.Agree($"delta since {since}", l => l.ReadDeltaAsync(since))).Error);
        }
    }
}
