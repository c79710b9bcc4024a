using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>What all subscribers to a service have seen: who counts, and as having seen what.</summary>
public class SubscriberTableTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64 });

    private SubscriberTable Table => _under.Registry.Subscribers;

    [Fact]
    public void Without_subscribers_all_have_seen_the_present()
    {
        _under.Register("orders", "i-1");
        Assert.Equal((1ul, 0), Acknowledged("orders"));
        Assert.Equal(new SubscriberReport(0, 1, 1), Table.Read());
    }

    [Fact]
    public void The_slowest_subscriber_decides()
    {
        Flip(10);
        Subscription fast = Table.Subscribe(InstanceFilter.Services("orders"), since: 3);
        Subscription slow = Table.Subscribe(InstanceFilter.All, since: 2);
        fast.Acknowledge(9);
        slow.Acknowledge(5);
        Assert.Equal((5ul, 2), Acknowledged("Orders"));
        Assert.Equal((5ul, 1), Acknowledged("payments"));
        Assert.Equal(new SubscriberReport(2, 5, 11), Table.Read());
        slow.Dispose();
        slow.Dispose();
        Assert.Equal((9ul, 1), Acknowledged("orders"));
        fast.Dispose();
        Assert.Equal((11ul, 0), Acknowledged("orders"));
    }

    [Fact]
    public void An_older_acknowledgement_than_before_says_nothing()
    {
        Flip(10);
        Subscription one = Table.Subscribe(InstanceFilter.All, since: 0);
        one.Acknowledge(7);
        one.Acknowledge(3);
        Assert.Equal(7ul, one.Acknowledged);
    }

    [Fact]
    public void A_subscriber_that_has_nothing_yet_has_seen_nothing()
    {
        Flip(10);
        Subscription one = Table.Subscribe(InstanceFilter.Services("orders"), since: 0);
        one.Sent(11);
        Assert.Equal((0ul, 1), Acknowledged("orders"));
        one.Acknowledge(11);
        Assert.Equal((11ul, 1), Acknowledged("orders"));
    }

    [Fact]
    public void What_it_does_not_follow_counts_as_seen_once_all_that_was_sent_is_acknowledged()
    {
        Flip(10);
        Subscription one = Table.Subscribe(InstanceFilter.Services("orders"), since: 11);
        _under.Register("payments", "p-1");
        one.Passed(12);
        Assert.Equal(12ul, one.Acknowledged);
        Flip(1);
        one.Sent(13);
        one.Passed(20);
        Assert.Equal(11ul, one.Acknowledged);
        one.Acknowledge(12);
        Assert.Equal(12ul, one.Acknowledged);
        one.Acknowledge(13);
        Assert.Equal(20ul, one.Acknowledged);
    }

    [Fact]
    public void It_is_to_be_told_when_a_quarter_of_the_ring_has_passed_it_by()
    {
        Subscription one = Table.Subscribe(InstanceFilter.Services("orders"), since: 5);
        Assert.False(one.Passed(20));
        Assert.True(one.Passed(21));
        one.Sent(21);
        Assert.False(one.Passed(36));
        Assert.True(one.Passed(37));
    }

    [Fact]
    public void A_subscriber_to_an_address_counts_for_the_services_that_have_it()
    {
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { Vips = "shop" });
        _under.Register(RegistrationBuilder.Of("payments", "p-1") with { SecureVips = "shop" });
        Subscription plain = Table.Subscribe(InstanceFilter.Vips(secure: false, "shop"), since: 2);
        Subscription secure = Table.Subscribe(InstanceFilter.Vips(secure: true, "shop"), since: 2);
        Assert.Equal((2ul, 1), Acknowledged("orders"));
        Assert.Equal((2ul, 1), Acknowledged("payments"));
        Assert.Equal((2ul, 0), Acknowledged("others"));
        plain.Dispose();
        Assert.Equal((2ul, 0), Acknowledged("orders"));
        Assert.Equal((2ul, 1), Acknowledged("payments"));
        secure.Dispose();
    }

    /// <summary>The case that draining is for: the last instance of a service is cancelled, and the address goes with it.</summary>
    [Fact]
    public void It_counts_until_it_has_seen_that_the_last_of_them_is_gone()
    {
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { Vips = "shop" });
        Subscription one = Table.Subscribe(InstanceFilter.Vips(secure: false, "shop"), since: 1);
        _under.Cancel("orders", "i-1");
        Assert.Equal((1ul, 1), Acknowledged("orders"));
        one.Sent(2);
        one.Acknowledge(2);
        Assert.Equal((2ul, 0), Acknowledged("orders"));

        // The same if it was so long ago that nobody remembers.
        one.Dispose();
        Subscription late = Table.Subscribe(InstanceFilter.Vips(secure: false, "shop"), since: 1);
        for (int i = 0; i < 100; i++)
        {
            _under.Register("payments", "p-1");
        }

        Assert.Equal((1ul, 1), Acknowledged("orders"));
        late.Acknowledge(_under.Version);
        Assert.Equal((_under.Version, 0), Acknowledged("orders"));
    }

    [Fact]
    public void Coming_and_going_in_any_order_leaves_the_rest_counted()
    {
        var random = new Random(5);
        var there = new List<Subscription>();
        for (int i = 0; i < 2_000; i++)
        {
            if (random.Next(2) == 0 || there.Count == 0)
            {
                there.Add(Table.Subscribe(InstanceFilter.All, since: (ulong)i));
            }
            else
            {
                int at = random.Next(there.Count);
                there[at].Dispose();
                there.RemoveAt(at);
            }

            Assert.Equal(there.Count, Table.Read().Count);
        }
    }

    private void Flip(int changes)
    {
        if (_under.Version == 0)
        {
            _under.Register("orders", "i-1");
        }

        for (int i = 0; i < changes; i++)
        {
            _under.SetStatus("orders", "i-1", _under.Version % 2 == 0 ? InstanceStatus.Down : InstanceStatus.OutOfService);
        }
    }

    private (ulong Version, int Subscribers) Acknowledged(string service)
    {
        AcknowledgedVersion seen = Table.Acknowledged(service);
        Assert.Equal(_under.Registry.BootEpoch, seen.Version.Epoch);
        return (seen.Version.Number, seen.Subscribers);
    }
}
