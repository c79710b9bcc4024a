using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;

namespace Rollcall.Cluster.Tests.Java;

/// <summary>What a node tells a Java server, when, and what that server's answers do: each rule of Java's mesh by itself.</summary>
public sealed class JavaPeerTests
{
    [Fact]
    public void What_was_said_here_is_told_each_in_its_way()
    {
        var bench = JavaPeerBench.Joined();
        LeaseHandle handle = bench.Register("1");
        Assert.Equal("Register A/1", bench.Told());
        bench.Answer(1);
        bench.Under.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal("", bench.Told());

        Assert.True(bench.Registry.Renew(handle, bench.Under.Now));
        Assert.Equal("Renew A/1", bench.ToldLater());
        bench.Answer(1);

        bench.Under.SetStatus("a", "1", InstanceStatus.OutOfService);
        Assert.Equal("SetStatus A/1", bench.ToldLater());
        bench.Answer(1);

        bench.Under.ClearStatus("a", "1");
        Assert.Equal("ClearStatus A/1", bench.ToldLater());
        bench.Answer(1);

        bench.Under.SetMetadata("a", "1", ("k", "v"));
        Assert.Equal("Register A/1", bench.ToldLater());
        bench.Answer(1);

        bench.Under.Cancel("a", "1");
        Assert.Equal("Cancel A/1", bench.ToldLater());
        bench.Answer(1, JavaVerdict.Unknown);
        Assert.Equal("", bench.ToldLater());
        Assert.Equal((6, 6, 1), (bench.Peer.Counts.Batches, bench.Peer.Counts.Items, bench.Peer.Counts.ItemsRefused));
    }

    [Fact]
    public void An_expiry_is_never_told()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1");
        bench.Told();
        bench.Answer(1);
        bench.Under.Pass(TimeSpan.FromSeconds(120));
        Assert.Null(bench.Registry.Find(InstanceKey.Of("A", "1")));
        Assert.Equal("", bench.ToldLater());
        Assert.Equal(0ul, bench.Peer.Lag);
    }

    [Fact]
    public void What_another_server_said_is_passed_on_to_no_Java_server()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1", WriteSource.Peer);
        var key = InstanceKey.Of("A", "1");
        for (int i = 0; i < 3; i++)
        {
            bench.Registry.Renew(key, 5, bench.Under.Now, WriteSource.Peer);
            Assert.Equal("", bench.ToldLater());
        }

        bench.Registry.SetStatus(key, InstanceStatus.Down, bench.Under.Now, WriteSource.Peer);
        bench.Registry.ClearStatus(key, bench.Under.Now, WriteSource.Peer);
        bench.Registry.Cancel(key, bench.Under.Now, WriteSource.Peer);
        Assert.Equal("", bench.ToldLater());

        // An owner that turns to this node, though it registered elsewhere, is told of from here.
        bench.Register("2", WriteSource.Peer);
        bench.ToldLater();
        bench.ToldLater();
        bench.Registry.Renew(InstanceKey.Of("A", "2"), 5, bench.Under.Now);
        Assert.Equal("Renew A/2", bench.ToldLater());
    }

    [Fact]
    public void What_a_node_of_the_own_cluster_said_is_told_by_that_node()
    {
        var bench = JavaPeerBench.Joined();
        var other = new JavaPeerBench(options: SteppedRegistry.Unguarded with { Seed = 77 });
        other.Register("1");
        KeyedState state = other.Registry.Replica!.KeyedStateOf(other.Registry.Find(InstanceKey.Of("A", "1"))!, other.Under.Now);
        bench.Registry.Replica!.Apply([state], via: 3, bench.Under.Now);
        Assert.NotNull(bench.Registry.Find(InstanceKey.Of("A", "1")));
        Assert.Equal("", bench.ToldLater());
    }

    [Fact]
    public void What_a_server_does_not_know_it_gets_whole()
    {
        var bench = JavaPeerBench.Joined();
        LeaseHandle handle = bench.RenewTold("1");
        bench.Answer(1, JavaVerdict.Unknown);
        Assert.Equal("Register A/1", bench.ToldLater());
        bench.Answer(1);
        Assert.Equal("", bench.ToldLater());

        // Gone in the meantime: nothing to send.
        bench.Registry.Renew(handle, bench.Under.Now);
        Assert.Equal("Renew A/1", bench.ToldLater());
        bench.Under.Cancel("a", "1");
        bench.Answer(1, JavaVerdict.Unknown);
        Assert.Equal("Cancel A/1", bench.ToldLater());
    }

    [Fact]
    public void A_newer_record_is_taken_with_its_override_and_not_told_back()
    {
        var bench = JavaPeerBench.Joined();
        bench.RenewTold("1");
        Registration newer = JavaPeerBench.Of("1", stamp: 9) with
        {
            HostName = "moved",
            Status = InstanceStatus.OutOfService,
            Override = InstanceStatus.OutOfService,
        };
        bench.Answer(1, JavaVerdict.Older, newer);
        Instance record = bench.Registry.Find(InstanceKey.Of("A", "1"))!;
        Assert.Equal("moved", record.GetText(InstanceText.HostName));
        Assert.Equal((9L, InstanceStatus.OutOfService), (record.ClientStamp, record.Override!.Status));
        Assert.Equal(1, bench.Peer.Counts.Adopted);
        Assert.Equal("", bench.ToldLater());
    }

    [Fact]
    public void A_newer_record_of_what_was_cancelled_meanwhile_or_of_another_instance_is_not_taken()
    {
        var bench = JavaPeerBench.Joined();
        LeaseHandle handle = bench.RegisterTold("1");
        bench.Registry.Renew(handle, bench.Under.Now);
        Assert.Equal("Renew A/1", bench.ToldLater());
        bench.Under.Cancel("a", "1");
        bench.Answer(1, JavaVerdict.Older, JavaPeerBench.Of("1", stamp: 9));
        Assert.Null(bench.Registry.Find(InstanceKey.Of("A", "1")));
        Assert.Equal("Cancel A/1", bench.ToldLater());
        bench.Answer(1);
        Assert.Equal("", bench.ToldLater());

        handle = bench.RegisterTold("2");
        bench.Registry.Renew(handle, bench.Under.Now);
        Assert.Equal("Renew A/2", bench.ToldLater());
        bench.Answer(1, JavaVerdict.Older, JavaPeerBench.Of("3", stamp: 9));
        Assert.Null(bench.Registry.Find(InstanceKey.Of("A", "3")));
        Assert.Equal((0, 2), (bench.Peer.Counts.Adopted, bench.Peer.Counts.ItemsRefused));
    }

    [Fact]
    public void A_conflict_without_its_record_changes_nothing()
    {
        var bench = JavaPeerBench.Joined();
        bench.RenewTold("1");
        ulong before = bench.Under.Version;
        bench.Answer(1, JavaVerdict.Older);
        Assert.Equal(before, bench.Under.Version);
        Assert.Equal(1, bench.Peer.Counts.ItemsRefused);
    }

    [Fact]
    public void A_stamp_of_the_far_future_does_not_lock_the_owner_out()
    {
        var bench = JavaPeerBench.Joined();
        bench.RenewTold("1");
        long nextYear = bench.Under.Clock.WallMs + (long)TimeSpan.FromDays(365).TotalMilliseconds;
        bench.Answer(1, JavaVerdict.Older, JavaPeerBench.Of("1", nextYear) with { HostName = "imposter" });
        Assert.Equal("host-1", bench.Registry.Find(InstanceKey.Of("A", "1"))!.GetText(InstanceText.HostName));
        Assert.Equal((0, 1), (bench.Peer.Counts.Adopted, bench.Peer.Counts.ItemsRefused));
    }

    [Fact]
    public void The_first_change_goes_at_once_and_the_next_ones_together()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1");
        Assert.Equal("Register A/1", bench.Told());
        bench.Register("2");
        Assert.Equal("", bench.Told()); // one call at a time
        bench.Answer(1);
        Assert.Equal("", bench.Told());
        bench.Register("3");
        Assert.True(bench.Peer.Tick(bench.Under.Now) <= bench.Under.Now + JavaPeer.BatchDelay);
        bench.Under.Clock.Pass(JavaPeer.BatchDelay);
        Assert.Equal("Register A/2, Register A/3", bench.Told());
    }

    [Fact]
    public void A_batch_holds_250_items_and_a_full_one_does_not_wait()
    {
        var bench = JavaPeerBench.Joined();
        for (int i = 0; i < 600; i++)
        {
            bench.Register(i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(JavaPeerBench.Many("Register", 250), bench.Told());
        bench.Answer(250);
        Assert.Equal(250, bench.Take()!.Items!.Count);
        bench.Answer(250);
        Assert.Equal("", bench.Told());
        bench.Under.Clock.Pass(JavaPeer.BatchDelay);
        Assert.Equal(100, bench.Take()!.Items!.Count);
    }

    [Fact]
    public void A_batch_of_large_records_ends_before_it_is_too_long_for_its_receiver()
    {
        var bench = JavaPeerBench.Joined();
        const int RecordBytes = 30_000;
        for (int i = 0; i < 100; i++)
        {
            Registration large = JavaPeerBench.Of(i.ToString(CultureInfo.InvariantCulture)) with { Metadata = [new("k", new string('x', RecordBytes))] };
            Assert.Null(bench.Registry.Register(large, bench.Under.Now).Error);
        }

        int told = 0;
        while (told < 100)
        {
            int items = bench.Take()!.Items!.Count;
            Assert.InRange(items, 1, (JavaPeer.BatchTextBytesMax / RecordBytes) + 1);
            told += items;
            bench.Answer(items);
            bench.Under.Clock.Pass(JavaPeer.BatchDelay);
        }

        Assert.Equal((100, 0ul), (told, bench.Peer.Lag));
    }

    [Fact]
    public void The_newest_of_each_kind_is_told_once_and_nothing_of_before_a_cancel()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1");
        bench.Register("1", stamp: 6);
        bench.Register("2");
        bench.Under.SetStatus("a", "2", InstanceStatus.Down);
        bench.Under.Cancel("a", "2");
        bench.Register("3");
        bench.Under.Cancel("a", "3");
        bench.Register("3", stamp: 7);
        JavaCall call = bench.Take()!;
        Assert.Equal("Register A/1, Cancel A/2, Cancel A/3, Register A/3", JavaPeerBench.Text(call));
        Assert.Equal([6, 7], call.Items!.Where(item => item.Verb == JavaVerb.Register).Select(item => item.Record.ClientStamp));
    }

    [Fact]
    public void Who_is_busy_is_told_the_same_again_a_second_later_and_then_ever_more_rarely()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1");
        bench.Told();
        for (int seconds = 1; seconds <= 8; seconds *= 2)
        {
            bench.Peer.Failed(JavaFailure.Busy, bench.Under.Now);
            bench.Under.Pass(TimeSpan.FromSeconds(seconds) - SteppedRegistry.Step);
            Assert.Equal("", bench.Told());
            bench.Under.Pass(SteppedRegistry.Step);
            Assert.Equal("Register A/1", bench.Told());
        }

        // What has changed meanwhile goes as it is then.
        bench.Peer.Failed(JavaFailure.Busy, bench.Under.Now);
        bench.Under.Cancel("a", "1");
        bench.Under.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("Cancel A/1", bench.Told());
        bench.Answer(1);
        bench.Register("2");
        Assert.Equal("Register A/2", bench.ToldLater()); // success ends the pauses
    }

    [Fact]
    public void Who_cannot_be_reached_is_tried_again_soon_and_renewals_are_not_lost()
    {
        var bench = JavaPeerBench.Joined();
        bench.RenewTold("1");
        bench.Peer.Failed(JavaFailure.Unreachable, bench.Under.Now);
        Assert.Equal("", bench.Told());
        bench.Under.Pass(JavaPeer.BatchDelay);
        Assert.Equal("Renew A/1", bench.Told());
        Assert.Equal(1, bench.Peer.Counts.Failures);
    }

    [Fact]
    public void A_batch_that_is_refused_is_given_up_and_the_next_goes_on()
    {
        var bench = JavaPeerBench.Joined();
        bench.Register("1");
        bench.Told();
        bench.Peer.Failed(JavaFailure.Refused, bench.Under.Now);
        bench.Register("2");
        bench.Under.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("Register A/2", bench.ToldLater());
    }

    [Fact]
    public void Who_refuses_everything_is_asked_ever_more_rarely()
    {
        var bench = JavaPeerBench.Joined();
        var calls = new List<TimeSpan>();
        MonotonicTime start = bench.Under.Now;
        for (int i = 0; i < 60; i++)
        {
            bench.Register(i.ToString(CultureInfo.InvariantCulture));
            if (bench.Take() is not null)
            {
                calls.Add(bench.Under.Now - start);
                bench.Peer.Failed(JavaFailure.Refused, bench.Under.Now);
            }

            bench.Under.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 1, 3, 7, 15, 31], calls.Select(at => (int)at.TotalSeconds));
        Assert.Equal(0, bench.Peer.Counts.Batches);
    }

    [Fact]
    public void It_shows_how_far_a_server_is_behind_in_changes_and_in_time()
    {
        var bench = JavaPeerBench.Joined();
        bench.Node.Contacts = [bench.Peer.Contact];
        Assert.Equal((0ul, TimeSpan.Zero), Behind());
        bench.Register("1");
        bench.Under.Pass(TimeSpan.FromMilliseconds(200));
        bench.Register("2");
        Assert.Equal((2ul, TimeSpan.FromMilliseconds(200)), Behind());
        Assert.Equal("Register A/1, Register A/2", bench.Told());
        Assert.Equal(1, Report().Progress!.Value.BatchesUnderWay);
        bench.Under.Pass(TimeSpan.FromMilliseconds(300));
        bench.Register("3");
        Assert.Equal((3ul, TimeSpan.FromMilliseconds(500)), Behind()); // not before they are answered
        bench.Answer(2);
        Assert.Equal((1ul, TimeSpan.Zero), Behind());
        Assert.Equal("Register A/3", bench.ToldLater());
        bench.Answer(1);
        Assert.Equal((0ul, TimeSpan.Zero), Behind());
        Assert.Equal((2L, 0), (Report().Progress!.Value.BatchesSent, Report().Progress!.Value.BatchesUnderWay));

        // What it has asked for it does not have either.
        bench.Registry.Renew(InstanceKey.Of("A", "1"), 5, bench.Under.Now);
        Assert.Equal("Renew A/1", bench.ToldLater());
        bench.Answer(1, JavaVerdict.Unknown);
        bench.Under.Pass(TimeSpan.FromMilliseconds(400));
        Assert.Equal((1ul, TimeSpan.FromMilliseconds(400)), Behind());
        Assert.Equal("Register A/1", bench.ToldLater());
        Assert.Equal(1ul, Behind().Lag);
        bench.Answer(1);
        Assert.Equal(0ul, Behind().Lag);

        PeerReport Report() => Assert.Single(bench.Node.Report(bench.Under.Now));
        (ulong Lag, TimeSpan Behind) Behind() => (Report().Progress!.Value.Lag, Report().Progress!.Value.Behind);
    }

    [Fact]
    public void Answers_that_are_not_as_many_as_the_items_mean_nothing()
    {
        var bench = JavaPeerBench.Joined();
        bench.RenewTold("1");
        bench.Answer(2, JavaVerdict.Unknown);
        Assert.Equal("", bench.ToldLater());
    }

    [Fact]
    public void A_server_that_has_fallen_off_the_ring_is_told_of_every_lease_and_asks_for_what_it_lacks()
    {
        var bench = JavaPeerBench.Joined(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64 });
        bench.Register("1");
        bench.Told();
        bench.Peer.Failed(JavaFailure.Unreachable, bench.Under.Now);
        for (int i = 0; i < 200; i++)
        {
            bench.Register((i % 3).ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal("Renew A/0, Renew A/1, Renew A/2", Sorted(bench.ToldLater()));
        bench.Answer(3, JavaVerdict.Unknown);
        Assert.Equal("Register A/0, Register A/1, Register A/2", Sorted(bench.ToldLater()));

        static string Sorted(string told) => string.Join(", ", told.Split(", ").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void At_the_start_all_is_copied_from_one_server_and_reads_open()
    {
        var bench = new JavaPeerBench();
        JavaPeer other = bench.Mesh.Add(new PeerContact("eureka+http://other:8761/eureka", bench.Under.Now));
        Assert.NotNull(bench.Node.Warming);
        Assert.Null(bench.Take()!.Items);
        Assert.False(other.TryTake(bench.Under.Now, out _)); // one is enough
        bench.Peer.Copied([JavaPeerBench.Of("1"), JavaPeerBench.Of("2") with { LeaseDuration = TimeSpan.FromSeconds(7) }], bench.Under.Now);
        Assert.Null(bench.Node.Warming);
        Assert.Equal(2, bench.Registry.ReadSnapshot().Count);
        Assert.Equal(TimeSpan.FromSeconds(7), bench.Registry.Find(InstanceKey.Of("A", "2"))!.LeaseDuration);
        Assert.Equal("", bench.ToldLater()); // theirs already
        Assert.False(other.TryTake(bench.Under.Now, out _));
    }

    [Fact]
    public void If_one_server_cannot_give_a_copy_another_is_asked_and_reads_open_in_any_case()
    {
        var bench = new JavaPeerBench();
        JavaPeer other = bench.Mesh.Add(new PeerContact("eureka+http://other:8761/eureka", bench.Under.Now));
        bench.Take();
        bench.Peer.Failed(JavaFailure.Busy, bench.Under.Now);
        Assert.True(other.TryTake(bench.Under.Now, out JavaCall call));
        Assert.Null(call.Items);
        other.Failed(JavaFailure.Unreachable, bench.Under.Now);
        bench.Under.Pass(TimeSpan.FromMinutes(3));
        bench.Node.Tick(bench.Under.Now);
        Assert.Null(bench.Node.Warming);

        // Too late for a copy: what ended since would come back.
        Assert.Null(bench.Take());
        bench.Register("1");
        Assert.Equal("Register A/1", bench.Told());
    }

    [Fact]
    public void A_server_that_gives_no_copy_is_told_all_the_same()
    {
        var bench = new JavaPeerBench();
        Assert.Null(bench.Take()!.Items);
        bench.Peer.Failed(JavaFailure.Busy, bench.Under.Now);
        bench.Register("1");
        Assert.Equal("Register A/1", bench.Told());
        bench.Answer(1);
        bench.Under.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(bench.Take()!.Items); // and is asked again
    }

    [Fact]
    public void A_copy_brings_nothing_back_that_ended_here_and_nothing_that_is_known_better()
    {
        var bench = new JavaPeerBench();
        bench.Take();
        bench.Register("gone");
        bench.Under.Cancel("a", "gone");
        bench.Register("kept", stamp: 9);
        ulong before = bench.Under.Version;
        bench.Peer.Copied([JavaPeerBench.Of("gone"), JavaPeerBench.Of("kept", 9), JavaPeerBench.Of("kept", 8)], bench.Under.Now);
        Assert.Equal(before, bench.Under.Version);
        Assert.Equal(0, bench.Peer.Counts.Copied);
    }

    [Fact]
    public void Peers_of_the_own_cluster_are_copied_first()
    {
        var bench = new JavaPeerBench(ownPeersFirst: true);
        Assert.Null(bench.Take());
        bench.Node.ExpectNoPeers(); // as when a peer has brought this node up to date
        Assert.Null(bench.Take()!.Items);
    }

    [Fact]
    public void A_renewal_told_by_a_Java_server_leaves_the_home_where_it_is()
    {
        var bench = JavaPeerBench.Joined();
        var other = new JavaPeerBench(options: SteppedRegistry.Unguarded with { Seed = 77 });
        other.Register("1");
        var key = InstanceKey.Of("A", "1");
        KeyedState state = other.Registry.Replica!.KeyedStateOf(other.Registry.Find(key)!, other.Under.Now);
        bench.Registry.Replica!.Apply([state], via: 3, bench.Under.Now);
        Home home = bench.Registry.Replica.StateOf(key, bench.Under.Now).Home;
        bench.Registry.Renew(key, 5, bench.Under.Now, WriteSource.Peer);
        bench.Register("1", WriteSource.Peer, stamp: 4);
        Assert.Equal(home, bench.Registry.Replica.StateOf(key, bench.Under.Now).Home);
        bench.Registry.Renew(key, 5, bench.Under.Now);
        Assert.NotEqual(home, bench.Registry.Replica.StateOf(key, bench.Under.Now).Home);
    }
}
