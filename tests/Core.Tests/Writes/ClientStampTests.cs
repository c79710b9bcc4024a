using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Writes;

/// <summary>
/// A client's stamp orders records between us and Java peers, and nothing else (ruling 10; pitfalls C3 and C4).
/// </summary>
public class ClientStampTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    private long Wall => _under.Clock.WallMs;

    [Theory]
    [InlineData(100, null, RenewOutcome.Same)]
    [InlineData(100, 100L, RenewOutcome.Same)]
    [InlineData(100, 101L, RenewOutcome.Newer)]
    [InlineData(100, 99L, RenewOutcome.Older)]
    [InlineData(100, long.MinValue, RenewOutcome.Older)]
    [InlineData(100, long.MaxValue, RenewOutcome.Newer)]
    [InlineData(-5, 0L, RenewOutcome.Newer)]
    public void A_renewal_says_how_its_stamp_compares_and_renews_all_the_same(long onRecord, long? sent, RenewOutcome expected)
    {
        Register("host-1", onRecord);
        for (int i = 0; i < 4; i++)
        {
            _under.Pass(Lease - TimeSpan.FromSeconds(1));
            RenewResult result = _under.Registry.Renew(InstanceKey.Of("orders", "i-1"), sent, _under.Now);
            Assert.Equal(expected, result.Outcome);
            Assert.Same(_under.Find("orders", "i-1"), result.Instance);
        }

        Assert.Equal((onRecord, 1UL), (_under.Find("orders", "i-1")!.ClientStamp, _under.Version));
    }

    [Fact]
    public void A_renewal_of_nothing_is_unknown_before_after_and_for_another_service()
    {
        Assert.Equal((RenewOutcome.Unknown, null), Renewed("orders", "i-1"));
        Register("host-1", 1);
        Assert.Equal((RenewOutcome.Unknown, null), Renewed("billing", "i-1"));
        Assert.Equal((RenewOutcome.Unknown, null), Renewed("orders", "I-1"));
        Assert.Equal(RenewOutcome.Same, Renewed("oRders", "i-1").Item1);
        _under.Cancel("orders", "i-1");
        Assert.Equal((RenewOutcome.Unknown, null), Renewed("orders", "i-1"));
    }

    [Fact]
    public void Without_a_stamp_the_time_of_acceptance_is_taken()
    {
        _under.Register("orders", "i-1");
        Assert.Equal(Wall, _under.Find("orders", "i-1")!.ClientStamp);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void An_owners_registration_always_wins_whatever_its_stamp(long stamp)
    {
        Register("host-1", 1_000);
        Register("host-2", stamp);
        Assert.Equal(("host-2", stamp), Seen());
        Register("host-3", 1_000);
        Assert.Equal(("host-3", 1_000L), Seen());
    }

    [Fact]
    public void A_peers_older_record_leaves_the_one_on_file()
    {
        Register("host-1", Wall);
        RegisterResult result = Register("host-2", Wall - 1, WriteSource.Peer);
        Assert.Equal((null, false), (result.Error, result.Created));
        Assert.Equal(("host-1", Wall), Seen());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_peers_record_that_is_not_older_replaces_it(int newer)
    {
        Register("host-1", Wall);
        Register("host-2", Wall + newer, WriteSource.Peer);
        Assert.Equal(("host-2", Wall + newer), Seen());
    }

    [Fact]
    public void A_peers_older_record_answers_the_handle_on_file()
    {
        RegisterResult first = Register("host-1", Wall);
        Assert.Equal(first.Handle, Register("host-2", Wall - 1, WriteSource.Peer).Handle);
        Assert.True(_under.Renew(first.Handle));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(9_999_999_999_999L)]
    public void A_peers_stamp_reaches_at_most_five_minutes_ahead(long stamp)
    {
        Register("host-1", stamp, WriteSource.Peer);
        Assert.Equal(("host-1", Wall + 300_000), Seen());
    }

    [Fact]
    public void A_poisoned_stamp_cannot_lock_out_the_owner()
    {
        // Pitfall C3: with Java's rule the true owner could not correct this record, and its heartbeats would keep it alive.
        Register("attacker", long.MaxValue, WriteSource.Peer);
        Register("owner", Wall);
        Assert.Equal(("owner", Wall), Seen());

        // Nor peers for longer than the clamp: five minutes later the truth passes through them, too.
        Register("attacker", long.MaxValue, WriteSource.Peer);
        _under.Pass(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5), Renew);
        Register("owner", Wall, WriteSource.Peer);
        Assert.Equal(("owner", Wall), Seen());
    }

    private void Renew() => _under.Renew("orders", "i-1");

    private (RenewOutcome, Instance?) Renewed(string service, string id)
    {
        RenewResult result = _under.Registry.Renew(InstanceKey.Of(service, id), null, _under.Now);
        return (result.Outcome, result.Outcome == RenewOutcome.Unknown ? result.Instance : null);
    }

    private RegisterResult Register(string host, long stamp, WriteSource source = WriteSource.Owner) =>
        _under.Register(
            RegistrationBuilder.Of("orders", "i-1") with
            {
                HostName = host,
                ClientStamp = stamp,
                LeaseDuration = Lease,
            },
            source
        );

    private (string? Host, long Stamp) Seen()
    {
        Instance record = _under.Find("orders", "i-1")!;
        return (record.GetText(InstanceText.HostName), record.ClientStamp);
    }
}
