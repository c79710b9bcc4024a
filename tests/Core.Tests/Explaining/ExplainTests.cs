using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Explaining;

/// <summary>"Why is it (not) there?" has an answer for every way to come and to go (pitfall P6).</summary>
public class ExplainTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Fact]
    public void Never_seen()
    {
        _under.Register("orders", "other");
        Explanation why = _under.Explain("orders", "i-1");
        Assert.Null(why.Instance);
        Assert.Empty(why.Events);
        Assert.Equal((0, 0, false), (why.LastRenewalMs, why.LeaseEndsMs, why.HeldByGuard));
        AssertSays(why, "ORDERS/i-1 is not there", "nothing is known of it");
    }

    [Fact]
    public void There_and_renewed()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(30));
        _under.Pass(TimeSpan.FromSeconds(10));
        _under.Renew("orders", "i-1");
        _under.Pass(TimeSpan.FromSeconds(4));
        Explanation why = _under.Explain("Orders", "i-1");
        Assert.Same(_under.Find("orders", "i-1"), why.Instance);
        Assert.InRange(why.LastRenewalMs, _under.Clock.WallMs - 4_020, _under.Clock.WallMs - 4_000);
        Assert.InRange(why.LeaseEndsMs, _under.Clock.WallMs + 26_000, _under.Clock.WallMs + 26_020);
        AssertSays(why, "is there, Up", "registered 14.0 s ago", "renewed last 4.0 s ago", "its lease ends in 26.0 s");
        Assert.Equal([ChangeCause.Registered], why.Events.Select(change => change.Cause));
    }

    [Fact]
    public void Expired()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(3));
        _under.Pass(TimeSpan.FromSeconds(5));
        Explanation why = _under.Explain("orders", "i-1");
        Assert.Null(why.Instance);
        AssertSays(why, "is not there", "its lease of 3 s ended 2.0 s ago without a renewal");
        Assert.Equal([ChangeCause.Registered, ChangeCause.Expired], why.Events.Select(change => change.Cause));
        Assert.Equal(WriteSource.Registry, why.Events[^1].Source);
    }

    [Theory]
    [InlineData(WriteSource.Owner, "by its owner")]
    [InlineData(WriteSource.Peer, "by a peer")]
    [InlineData(WriteSource.Operator, "by an operator")]
    public void Cancelled_by_somebody(WriteSource source, string words)
    {
        _under.Register("orders", "i-1");
        _under.Pass(TimeSpan.FromSeconds(1));
        _under.Cancel("orders", "i-1", source);
        _under.Pass(TimeSpan.FromSeconds(7));
        Explanation why = _under.Explain("orders", "i-1");
        AssertSays(why, "is not there", "it was cancelled 7.0 s ago", words);
        Assert.Equal((ChangeCause.Cancelled, source), (why.Events[^1].Cause, why.Events[^1].Source));
    }

    [Fact]
    public void Overridden()
    {
        _under.Register("orders", "i-1");
        _under.Pass(TimeSpan.FromSeconds(1));
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _under.Pass(TimeSpan.FromSeconds(5));
        AssertSays(_under.Explain("orders", "i-1"), "OutOfService", "own status Up", "override OutOfService set 5.0 s ago");
    }

    [Fact]
    public void Replaced_and_changed_in_the_order_in_which_it_happened()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(2));
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        _under.SetMetadata("orders", "i-1", ("k", "v"));
        _under.ClearStatus("orders", "i-1");
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(2));
        _under.Register("billing", "i-1");
        _under.Cancel("orders", "i-1");
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(2));
        _under.Pass(TimeSpan.FromSeconds(3));
        Explanation why = _under.Explain("orders", "i-1");
        Assert.Equal(
            [
                ChangeCause.Registered,
                ChangeCause.StatusSet,
                ChangeCause.MetadataSet,
                ChangeCause.StatusCleared,
                ChangeCause.Registered,
                ChangeCause.Cancelled,
                ChangeCause.Registered,
                ChangeCause.Expired,
            ],
            why.Events.Select(change => change.Cause)
        );
        Assert.Equal(why.Events.Select(change => change.Version).Order(), why.Events.Select(change => change.Version));
        Assert.All(why.Events, change => Assert.Equal("ORDERS", change.Record.Service.Text));
    }

    [Fact]
    public void Over_and_not_yet_taken_off_is_not_held_by_the_guard()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(3));
        _under.Pass(TimeSpan.FromSeconds(2.9));
        _under.Clock.Pass(TimeSpan.FromSeconds(0.2));
        Explanation why = _under.Explain("orders", "i-1");
        Assert.False(why.HeldByGuard);
        AssertSays(why, "is there", "its lease ends in 0.0 s unless it is renewed");
    }

    [Fact]
    public void Held_by_the_guard_then_gone_when_the_loss_is_confirmed()
    {
        var fleet = new Guards.Fleet().Join("orders", 20, TimeSpan.FromSeconds(1));
        fleet.Pass(TimeSpan.FromSeconds(5));
        fleet.Silence("orders", 10);
        fleet.Pass(TimeSpan.FromSeconds(5));
        Explanation why = fleet.Under.Explain("orders", "i-3");
        Assert.True(why.HeldByGuard);
        AssertSays(why, "is there", "its lease ended", "the guard against mass expiry keeps it");

        fleet.Under.Registry.ConfirmLoss(fleet.Under.Now);
        fleet.Pass(TimeSpan.FromSeconds(2));
        why = fleet.Under.Explain("orders", "i-3");
        AssertSays(why, "is not there", "its lease had ended", "the guard against mass expiry let go");
        Assert.Equal(ChangeCause.ExpiredAfterGuard, why.Events[^1].Cause);
    }

    [Fact]
    public void How_it_came_and_went_is_known_longer_than_all_changes_are_kept()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64 });
        under.Register("orders", "i-1");
        under.Cancel("orders", "i-1");
        long forgottenBefore = under.Clock.WallMs;
        under.Pass(TimeSpan.FromSeconds(5));
        for (int i = 0; i < 200; i++)
        {
            under.Register("billing", "i-1");
        }

        Explanation why = under.Explain("orders", "i-1");
        Assert.Equal([ChangeCause.Registered, ChangeCause.Cancelled], why.Events.Select(change => change.Cause));
        Assert.True(why.KnownSinceMs > forgottenBefore, "what is older than the changes kept may be forgotten");
    }

    [Fact]
    public void What_is_forgotten_is_said_to_be()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64, HistoryCapacity = 10 });
        under.Register("orders", "i-1");
        under.Cancel("orders", "i-1");
        under.Pass(TimeSpan.FromMinutes(1));
        for (int i = 0; i < 40; i++)
        {
            under.Register("billing", "i-1");
            under.Cancel("billing", "i-1");
        }

        Explanation why = under.Explain("orders", "i-1");
        Assert.Empty(why.Events);
        AssertSays(why, "it did not register since 2026-11-22 08:01:00Z");
    }

    [Fact]
    public void A_name_that_would_break_a_page_is_shown_harmlessly()
    {
        string summary = _under.Explain("evil\r\n\u001b[31m", new string('x', 5_000)).Summary;
        Assert.DoesNotContain(summary, char.IsControl);
        Assert.InRange(summary.Length, 20, 300);
    }

    private static void AssertSays(Explanation why, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, why.Summary, StringComparison.Ordinal));
}
