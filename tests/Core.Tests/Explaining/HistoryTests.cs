using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Explaining;

/// <summary>The last registrations, cancellations and expiries: newest first, bounded, each with its cause.</summary>
public class HistoryTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Fact]
    public void Each_list_holds_its_kind_newest_first()
    {
        _under.Register("orders", "a", TimeSpan.FromSeconds(1));
        _under.Register("orders", "b");
        _under.Register("orders", "b");
        _under.SetStatus("orders", "b", InstanceStatus.Down);
        _under.Pass(TimeSpan.FromSeconds(2));
        _under.Cancel("orders", "b", WriteSource.Operator);
        RegistryHistory history = _under.Registry.History();
        Assert.Equal(["b", "b", "a"], history.Registered.Select(change => change.Record.Id));
        Assert.Equal(["b"], history.Cancelled.Select(change => change.Record.Id));
        Assert.Equal(["a"], history.Expired.Select(change => change.Record.Id));
        Assert.Equal(WriteSource.Operator, history.Cancelled[0].Source);
        Assert.Equal((ChangeKind.Removed, ChangeCause.Expired), (history.Expired[0].Kind, history.Expired[0].Cause));
    }

    [Fact]
    public void Of_each_kind_the_last_thousand_are_kept()
    {
        foreach (Registration registration in RegistrationBuilder.Many("orders", 2_500, TimeSpan.FromSeconds(1)))
        {
            _under.Register(registration);
        }

        for (int i = 0; i < 1_200; i++)
        {
            _under.Cancel("orders", $"i-{i}");
        }

        _under.Pass(TimeSpan.FromSeconds(2));
        RegistryHistory history = _under.Registry.History();
        Assert.Equal(Enumerable.Range(1_500, 1_000).Reverse().Select(i => $"i-{i}"), history.Registered.Select(c => c.Record.Id));
        Assert.Equal(Enumerable.Range(200, 1_000).Reverse().Select(i => $"i-{i}"), history.Cancelled.Select(c => c.Record.Id));
        Assert.Equal(1_000, history.Expired.Count);
        Assert.Equal(history.Expired.Select(c => c.Version).OrderDescending(), history.Expired.Select(c => c.Version));
        Assert.Equal(_under.Version, history.Expired[0].Version);
    }

    [Fact]
    public void A_cancel_of_many_is_not_hidden_by_registrations()
    {
        _under.Register("orders", "gone");
        _under.Cancel("orders", "gone");
        for (int i = 0; i < 5_000; i++)
        {
            _under.Register("orders", "busy");
        }

        Assert.Equal("gone", Assert.Single(_under.Registry.History().Cancelled).Record.Id);
    }

    [Fact]
    public void Counts_since_the_start_are_those_of_what_was_accepted()
    {
        _under.Register("orders", "a", TimeSpan.FromSeconds(1));
        _under.Register("orders", "b");
        _under.Register("orders", "b");
        _under.Registry.Register(RegistrationBuilder.Of("", "c"), _under.Now);
        _under.Renew("orders", "b");
        _under.Renew("orders", "nobody");
        _under.Renew(default(LeaseHandle));
        _under.SetStatus("orders", "b", InstanceStatus.Down);
        _under.ClearStatus("orders", "b");
        _under.SetStatus("orders", "nobody", InstanceStatus.Down);
        _under.SetMetadata("orders", "b", ("k", "v"));
        _under.Pass(TimeSpan.FromSeconds(2));
        _under.Cancel("orders", "b");
        _under.Cancel("orders", "b");
        Assert.Equal(
            new RegistryCounts(
                Registrations: 3,
                Renewals: 1,
                RenewalsRefused: 2,
                Cancellations: 1,
                Expiries: 1,
                StatusWrites: 2,
                MetadataWrites: 1
            ),
            _under.Registry.Counts
        );
    }
}
