using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [ConformanceFact]
    public async Task A_watch_gives_a_snapshot_first_and_then_each_change_by_itself()
    {
        await using Venue venue = await OpenAsync();
        venue.Under.Register(RegistrationBuilder.Full("orders", "i-1"));
        await using var watcher = new Watcher(venue, await venue.DialAsync());
        RegistryUpdate first = await watcher.NextAsync();
        Assert.Equal(UpdateKind.Snapshot, first.Kind);
        Assert.Equal(new RegistryVersion(venue.Registry.BootEpoch, 1), first.Version);

        // One at a time, each after the one before has been seen: so each comes alone, and says as little as it can.
        Func<ulong>[] changes =
        [
            () => venue.Under.SetStatus("orders", "i-1", InstanceStatus.OutOfService).Version,
            () => venue.Under.ClearStatus("orders", "i-1").Version,
            () => venue.Under.SetMetadata("orders", "i-1", ("a", "1")).Version,
            () => venue.Under.Register(RegistrationBuilder.Of("payments", "i-2")).Version,
            () => venue.Under.Cancel("orders", "i-1").Version,
        ];
        bool[] carriesRecord = [false, false, true, true, false];
        for (int i = 0; i < changes.Length; i++)
        {
            ulong version = changes[i]();
            RegistryUpdate update = await watcher.NextAsync();
            InstanceChange change = Assert.Single(update.Changes);
            Assert.Equal(UpdateKind.Changes, update.Kind);
            Assert.Equal(version, change.Version);
            Assert.Equal(version, update.Version.Number);
            Assert.Equal(carriesRecord[i], change.Record is not null);
            Assert.True(watcher.IsCopy(), watcher.Difference());
        }
    }

    [ConformanceFact]
    public async Task A_watch_that_began_before_the_first_instance_goes_on_for_long()
    {
        // More updates, and more bytes, than any window of what is not acknowledged may hold.
        const int rounds = 400;
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        await using var watcher = new Watcher(venue, link);
        Assert.Equal(new RegistryVersion(venue.Registry.BootEpoch, 0), (await watcher.NextAsync()).Version);
        string filler = new('x', 8_000);
        for (int i = 0; i < rounds; i++)
        {
            venue.Under.Register(RegistrationBuilder.Of("orders", $"i-{i % 3}") with { Metadata = [new("filler", filler), new("i", $"{i}")] });
            Assert.Equal(venue.Under.Version, Assert.Single((await watcher.NextAsync()).Changes).Version);
        }

        Task<RegistryUpdate> next = watcher.NextAsync();
        await AcknowledgedAsync(venue, link, "orders", rounds);
        Assert.False(next.IsCompleted);
    }

    [ConformanceFact]
    public async Task Any_program_leaves_every_watcher_with_exactly_what_its_filter_selects()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        IRegistryLink link = await venue.DialAsync();
        Watcher[] watchers = [.. s_filters.Select(filter => new Watcher(venue, link, filter))];
        var churn = new Churn(venue.Under, seed: 20_261_122);
        foreach (Watcher watcher in watchers)
        {
            await watcher.NextAsync();
        }

        for (int round = 0; round < 30; round++)
        {
            churn.Run(round);
            foreach (Watcher watcher in watchers)
            {
                await watcher.CatchUpAsync();
            }
        }

        IReadOnlyList<Change> made = venue.Registry.ReadDelta(0).Changes;
        foreach (Watcher watcher in watchers)
        {
            // Each change once, in order, as the registry tells it: number, cause, source, time and all.
            Assert.Single(watcher.Updates, update => update.Kind == UpdateKind.Snapshot);
            ulong from = watcher.Updates[0].Version.Number;
            Assert.Equal(
                made.Where(change => change.Version > from && change.Version <= watcher.Mirror.Version.Number)
                    .Select(change => Told(change, watcher.Filter))
                    .OfType<InstanceChange>()
                    .Select(change => Answers.Shown(change)),
                watcher.Updates.SelectMany(update => update.Changes).Select(change => Answers.Shown(change))
            );
            await watcher.DisposeAsync();
        }
    }

    // What a watcher is told of a change. To leave a filter it need not have been in it, so who was never in it is told too.
    private static InstanceChange? Told(Change change, InstanceFilter filter) =>
        filter.Selects(change.Record) ? InstanceChange.Of(change)
        : change.AddressesDiffer && filter.Kind is FilterKind.Vips or FilterKind.SecureVips ? InstanceChange.LeftBy(change)
        : null;

    [ConformanceFact]
    public async Task While_others_write_watchers_that_come_and_go_stay_in_order()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        foreach (Registration registration in RegistrationBuilder.Many("bulk", 2_000))
        {
            venue.Under.Register(registration);
        }

        IRegistryLink link = await venue.DialAsync();
        Task writing = Task.Run(() => new Churn(venue.Under, seed: 5).Run(4_000));

        // Snapshots of two thousand go out while what they hold changes.
        var watchers = new List<Watcher>();
        for (int round = 0; round < 3; round++)
        {
            foreach (InstanceFilter filter in s_filters.Append(InstanceFilter.Services("bulk", "orders")))
            {
                var watcher = new Watcher(venue, link, filter);
                watchers.Add(watcher);
                await watcher.NextAsync();
            }
        }

        await writing;
        foreach (Watcher watcher in watchers)
        {
            await watcher.CatchUpAsync();
            await watcher.DisposeAsync();
        }
    }

    [ConformanceFact]
    public async Task A_filter_of_many_names_is_a_filter()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"service number {i} & more"), .. s_awkward];
        foreach (string name in names.Append("not-this-one"))
        {
            venue.Under.Register(RegistrationBuilder.Of(name, "i-1") with { Vips = name.Replace(',', ' ') });
        }

        InstanceFilter[] filters = [InstanceFilter.Services(names), InstanceFilter.Vips(secure: false, names.Select(name => name.Replace(',', ' ')))];
        foreach (InstanceFilter filter in filters)
        {
            Assert.Equal(names.Length, (await link.ReadAsync(filter)).Instances.Count);
            await using var watcher = new Watcher(venue, link, filter);
            await watcher.CatchUpAsync();
            venue.Under.SetStatus("not-this-one", "i-1", InstanceStatus.Down);
            venue.Under.SetStatus(names[0], "i-1", filter.Kind == FilterKind.Services ? InstanceStatus.Down : InstanceStatus.Starting);
            Assert.Single((await watcher.NextAsync()).Changes);
        }
    }

    [ConformanceFact]
    public async Task An_instance_that_leaves_a_virtual_address_leaves_its_watchers()
    {
        await using Venue venue = await OpenAsync();
        Registration shop = RegistrationBuilder.Of("orders", "i-1") with { Vips = "shop", SecureVips = "shop-tls" };
        venue.Under.Register(shop);
        IRegistryLink link = await venue.DialAsync();
        await using var plain = new Watcher(venue, link, InstanceFilter.Vips(secure: false, "shop"));
        await using var secure = new Watcher(venue, link, InstanceFilter.Vips(secure: true, "shop-tls"));
        Assert.Single((await plain.NextAsync()).Instances);
        Assert.Single((await secure.NextAsync()).Instances);

        venue.Under.Register(shop with { Vips = "other" });
        Assert.Equal(ChangeKind.Removed, Assert.Single((await plain.NextAsync()).Changes).Kind);
        Assert.Equal(ChangeKind.Added, Assert.Single((await secure.NextAsync()).Changes).Kind);
        Assert.Empty(plain.Mirror.Instances);

        // What it does while it is elsewhere is not told; coming back is.
        venue.Under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        venue.Under.Register(shop with { SecureVips = null });
        await plain.CatchUpAsync();
        await secure.CatchUpAsync();
        Assert.Equal(InstanceStatus.OutOfService, Assert.Single(plain.Mirror.Instances).Status);
        Assert.Empty(secure.Mirror.Instances);
        Assert.DoesNotContain(plain.Updates, update => update.Changes.Any(change => change.Cause == ChangeCause.StatusSet));
    }

    [ConformanceFact]
    public async Task A_watch_resumes_on_another_link_without_a_loss_and_without_a_repetition()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        var churn = new Churn(venue.Under, seed: 77);
        var mirror = new RegistryMirror();
        var versions = new List<ulong>();
        churn.Run(20);
        for (int link = 0; link < 5; link++)
        {
            await using IRegistryLink one = await venue.DialAsync();
            await using var watcher = new Watcher(venue, one, since: mirror.Version, mirror: mirror);
            await watcher.CatchUpAsync();
            churn.Run(10);
            await watcher.CatchUpAsync();
            Assert.Equal(link == 0, watcher.Updates.Any(update => update.Kind == UpdateKind.Snapshot));
            versions.AddRange(watcher.Updates.SelectMany(update => update.Changes).Select(change => change.Version));
            await one.DisposeAsync();
            churn.Run(30);
        }

        Assert.Equal(Enumerable.Range(0, versions.Count).Select(i => versions[0] + (ulong)i), versions);
    }

    [ConformanceFact]
    public async Task A_version_that_is_too_old_or_of_another_boot_is_answered_by_a_snapshot()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { ChangeRingCapacity = 64 });
        IRegistryLink link = await venue.DialAsync();
        foreach (Registration registration in RegistrationBuilder.Many("orders", 100))
        {
            venue.Under.Register(registration);
        }

        ulong epoch = venue.Registry.BootEpoch;
        RegistryVersion[] old = [RegistryVersion.None, new(epoch, 35), new(epoch, 101), new(epoch + 1, 100)];
        foreach (RegistryVersion since in old)
        {
            await using var watcher = new Watcher(venue, link, since: since);
            Assert.Equal(UpdateKind.Snapshot, (await watcher.NextAsync()).Kind);

            // A version that was never published is nobody's: claiming it acknowledges nothing.
            ulong acknowledged = (await link.ReadAcknowledgedAsync("orders")).Version.Number;
            Assert.True(acknowledged == 0 || venue.Registry.HasPublished(since), $"{acknowledged} counts as acknowledged after {since}");
            Assert.True(watcher.IsCopy(), watcher.Difference());
            Assert.Equal(100ul, watcher.Mirror.Version.Number);
        }
    }

    [ConformanceFact]
    public async Task Changes_made_while_the_subscriber_is_busy_come_together()
    {
        const int flips = 5_000;
        await using Venue venue = await OpenAsync();
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        await using var watcher = new Watcher(venue, await venue.DialAsync());
        await watcher.NextAsync();
        for (int i = 0; i < flips; i++)
        {
            venue.Under.SetStatus("orders", "i-1", i % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Up);
        }

        while (watcher.Mirror.Version.Number < venue.Under.Version)
        {
            await watcher.NextAsync();
        }

        Assert.True(watcher.IsCopy(), watcher.Difference());
        Assert.Equal(flips, watcher.Updates.Sum(update => update.Changes.Count));

        // How many come together is a matter of who is faster; that none do would take a transport as fast as the registry.
        Assert.InRange(watcher.Updates.Count - 1, 1, flips - 1);
    }

    [ConformanceFact]
    public async Task Changes_that_are_published_together_come_together()
    {
        const int leases = 1_000;
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        foreach (Registration registration in RegistrationBuilder.Many("orders", leases, TimeSpan.FromSeconds(5)))
        {
            venue.Under.Register(registration);
        }

        await using var watcher = new Watcher(venue, await venue.DialAsync());
        await watcher.NextAsync();
        Assert.Equal(leases, venue.Under.Pass(TimeSpan.FromSeconds(7)).Expired);
        await watcher.CatchUpAsync();

        // Published in portions of some hundreds; a portion may be cut where a frame is full.
        Assert.Equal(leases, watcher.Updates.Sum(update => update.Changes.Count));
        Assert.InRange(watcher.Updates.Count - 1, 1, 20);
    }

    [ConformanceFact]
    public async Task A_subscriber_that_is_too_slow_gets_a_snapshot_in_place_of_what_it_missed()
    {
        const int rounds = 6_000;
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { ChangeRingCapacity = 256 });
        string filler = new('x', 4_000);
        IRegistryLink link = await venue.DialAsync();
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        await using var watcher = new Watcher(venue, link);
        await watcher.NextAsync();

        // 24 MB of changes, more than any buffer between the two may hold; the link goes on answering meanwhile.
        for (int i = 0; i < rounds; i++)
        {
            venue.Under.SetMetadata("orders", "i-1", ("filler", filler), ("i", $"{i}"));
            if (i % 1_000 == 0)
            {
                await venue.Soon(link.PingAsync().AsTask().ContinueWith(_ => true), "a ping beside a slow watch");
            }
        }

        await watcher.CatchUpAsync();
        Assert.Contains(watcher.Updates.Skip(1), update => update.Kind == UpdateKind.Snapshot);
        Assert.InRange(watcher.Updates.Sum(update => update.Changes.Count), 0, rounds / 2);

        // And from there it goes on change by change.
        venue.Under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Assert.Equal(UpdateKind.Changes, (await watcher.NextAsync()).Kind);
        Assert.True(watcher.IsCopy(), watcher.Difference());
    }

    [ConformanceFact]
    public async Task Asking_for_the_next_update_acknowledges_the_one_before()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        await using var watcher = new Watcher(venue, link, InstanceFilter.Services("orders"));
        await watcher.NextAsync();
        Assert.Equal(new AcknowledgedVersion(new RegistryVersion(venue.Registry.BootEpoch, 0), 1), await link.ReadAcknowledgedAsync("Orders"));

        Task<RegistryUpdate> next = watcher.NextAsync();
        await AcknowledgedAsync(venue, link, "orders", 1);
        Assert.False(next.IsCompleted);

        venue.Under.SetStatus("orders", "i-1", InstanceStatus.Down);
        await next;
        Assert.Equal(1ul, (await link.ReadAcknowledgedAsync("orders")).Version.Number);
        next = watcher.NextAsync();
        await AcknowledgedAsync(venue, link, "orders", 2);

        // What it does not follow it need not be told of to have seen it.
        venue.Under.Register(RegistrationBuilder.Of("payments", "i-1"));
        await AcknowledgedAsync(venue, link, "orders", 3);
        Assert.Equal(new AcknowledgedVersion(new RegistryVersion(venue.Registry.BootEpoch, 3), 0), await link.ReadAcknowledgedAsync("payments"));
        venue.Under.Cancel("orders", "i-1");
        await next;
    }

    [ConformanceFact]
    public async Task A_watch_that_is_given_up_is_not_counted_any_more()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        var watcher = new Watcher(venue, link);
        await watcher.NextAsync();
        Task<RegistryUpdate> next = watcher.NextAsync();
        Assert.Equal(1, venue.Registry.Subscribers.Read().Count);
        await watcher.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await watcher.DisposeAsync();
        await NobodyWatchesAsync(venue);

        // The link lives on.
        await link.PingAsync();
        await using var again = new Watcher(venue, link);
        await again.NextAsync();
    }

    [ConformanceFact]
    public async Task A_watcher_of_what_does_not_change_is_told_in_time_where_to_resume()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { ChangeRingCapacity = 64 });
        IRegistryLink link = await venue.DialAsync();
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        await using var watcher = new Watcher(venue, link, InstanceFilter.Services("payments"));
        await watcher.NextAsync();
        for (int round = 0; round < 8; round++)
        {
            Task<RegistryUpdate> next = watcher.NextAsync();
            for (int i = 0; i < 16; i++) // a quarter of what is kept
            {
                Assert.False(next.IsCompleted, "told of what it does not follow");
                venue.Under.SetStatus("orders", "i-1", i % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Up);
            }

            RegistryUpdate update = await next;
            Assert.Equal(UpdateKind.Progress, update.Kind);
            Assert.Equal(venue.Under.Version, update.Version.Number);
        }
    }

    private static async Task AcknowledgedAsync(Venue venue, IRegistryLink link, string service, ulong version)
    {
        AcknowledgedVersion seen = await link.ReadAcknowledgedAsync(service);
        while (seen.Version.Number != version)
        {
            Assert.False(venue.Deadline.IsCancellationRequested, $"{service}: version {version} is not acknowledged; seen {seen}");
            await Task.Delay(5);
            seen = await link.ReadAcknowledgedAsync(service);
        }

        Assert.Equal(1, seen.Subscribers);
    }

    private static Task NobodyWatchesAsync(Venue venue) =>
        venue.Until(
            () => venue.Registry.Subscribers.Read().Count == 0,
            () => $"no subscriber is left; seen {venue.Registry.Subscribers.Read()}"
        );
}
