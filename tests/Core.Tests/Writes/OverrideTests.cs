using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Writes;

/// <summary>The owner's status and the operator's override are two records; this is how they meet (ruling 9).</summary>
public class OverrideTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // Days may pass in one step: nothing here is about stalls.
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded with { StallGap = TimeSpan.FromDays(100) });

    public static TheoryData<InstanceStatus, InstanceStatus?, InstanceStatus> Rules
    {
        get
        {
            var rules = new TheoryData<InstanceStatus, InstanceStatus?, InstanceStatus>();
            foreach (InstanceStatus own in Enum.GetValues<InstanceStatus>())
            {
                rules.Add(own, null, own);
                foreach (InstanceStatus overriding in Enum.GetValues<InstanceStatus>().Except([InstanceStatus.Unknown]))
                {
                    bool ready = own is InstanceStatus.Up or InstanceStatus.OutOfService;
                    rules.Add(own, overriding, ready ? overriding : own);
                }
            }

            return rules;
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Own_status_and_override_make_the_effective_one(
        InstanceStatus own,
        InstanceStatus? overriding,
        InstanceStatus effective
    )
    {
        Register(own);
        if (overriding is InstanceStatus status)
        {
            Assert.Null(_under.SetStatus("orders", "i-1", status).Error);
        }

        Instance record = _under.Find("orders", "i-1")!;
        Assert.Equal((own, overriding, effective), (record.OwnStatus, record.Override?.Status, record.Status));
        Assert.Equal(1, _under.Registry.ReadSnapshot().Counts.Of(effective));
        Assert.Equal(effective, StatusRule.Effective(own, record.Override));
    }

    [Fact]
    public void Clearing_shows_the_own_status_at_once()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Assert.Null(_under.ClearStatus("orders", "i-1").Error);
        Assert.Equal(InstanceStatus.Up, Status());
        Assert.Null(_under.Find("orders", "i-1")!.Override);
        Assert.Equal(1, _under.Registry.ReadSnapshot().Counts.Of(InstanceStatus.Up));
    }

    [Fact]
    public void Setting_unknown_is_no_opinion_and_clears()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Assert.Null(_under.SetStatus("orders", "i-1", InstanceStatus.Unknown).Error);
        Assert.Null(_under.Find("orders", "i-1")!.Override);
        Assert.Equal(InstanceStatus.Up, Status());
    }

    [Fact]
    public void Setting_what_is_set_already_is_no_error_and_no_change()
    {
        Register(InstanceStatus.Up);
        ulong before = _under.SetStatus("orders", "i-1", InstanceStatus.Down).Version;
        WriteResult result = _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        Assert.Equal((null, before), (result.Error, result.Version));
    }

    [Fact]
    public void Clearing_what_is_not_there_is_no_error_and_no_change()
    {
        Register(InstanceStatus.Up);
        ulong before = _under.Version;
        WriteResult result = _under.ClearStatus("orders", "i-1");
        Assert.Equal((null, before), (result.Error, result.Version));
        Assert.Equal(before, _under.Version);
    }

    [Fact]
    public void An_override_survives_registering_again_and_follows_the_own_status()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.OutOfService, Status());
        Register(InstanceStatus.Starting);
        Assert.Equal(InstanceStatus.Starting, Status());
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.OutOfService, Status());
    }

    [Fact]
    public void An_instance_moves_itself_between_up_and_out_of_service_by_registering()
    {
        Register(InstanceStatus.Up);
        Register(InstanceStatus.OutOfService);
        Assert.Equal(InstanceStatus.OutOfService, Status());
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.Up, Status());
    }

    [Fact]
    public void An_override_outlives_the_lease_for_an_hour()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Expire();
        _under.Pass(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(1));
        Register(InstanceStatus.Up);
        Assert.Equal((InstanceStatus.Up, InstanceStatus.OutOfService), (_under.Find("orders", "i-1")!.OwnStatus, Status()));

        // Having come back it has its override for good again.
        for (int i = 0; i < 300; i++)
        {
            _under.Renew("orders", "i-1");
            _under.Pass(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
        }

        Assert.Equal(InstanceStatus.OutOfService, Status());
    }

    [Fact]
    public void After_the_hour_it_is_forgotten()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Expire();
        _under.Pass(TimeSpan.FromMinutes(61), TimeSpan.FromMinutes(1));
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.Up, Status());
        Assert.Null(_under.Find("orders", "i-1")!.Override);
    }

    [Fact]
    public void With_no_linger_it_ends_with_the_lease()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { OverrideLinger = TimeSpan.Zero });
        under.Register("orders", "i-1", TimeSpan.FromSeconds(1));
        under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        under.Pass(TimeSpan.FromSeconds(3));
        under.Register("orders", "i-1");
        Assert.Equal(InstanceStatus.Up, under.Find("orders", "i-1")!.Status);
    }

    [Fact]
    public void A_cancel_ends_it()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _under.Cancel("orders", "i-1");
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.Up, Status());
    }

    [Fact]
    public void The_same_id_in_another_service_is_untouched()
    {
        Register(InstanceStatus.Up);
        _under.Register("billing", "i-1", Lease);
        _under.SetStatus("ORDERS", "i-1", InstanceStatus.OutOfService);
        Assert.Equal(InstanceStatus.Up, _under.Find("billing", "i-1")!.Status);
        Assert.Null(_under.Find("billing", "i-1")!.Override);
        _under.Cancel("orders", "i-1");
        Assert.True(_under.Has("billing", "i-1"));

        // Nor does a lingering one reach over.
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Expire();
        _under.Register("billing", "i-1", Lease);
        _under.Register("shipping", "i-1", Lease);
        Assert.Equal(InstanceStatus.Up, _under.Find("billing", "i-1")!.Status);
        Assert.Equal(InstanceStatus.Up, _under.Find("shipping", "i-1")!.Status);
    }

    [Fact]
    public void An_override_that_an_owner_sends_is_ignored()
    {
        Registration sent = RegistrationBuilder.Of("orders", "i-1") with { Override = InstanceStatus.OutOfService };
        _under.Register(sent);
        Assert.Equal(InstanceStatus.Up, Status());
        Assert.Null(_under.Find("orders", "i-1")!.Override);

        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        _under.Register(sent);
        Assert.Equal(InstanceStatus.Down, _under.Find("orders", "i-1")!.Override?.Status);
    }

    [Fact]
    public void An_override_that_a_peer_sends_counts()
    {
        Registration sent = RegistrationBuilder.Of("orders", "i-1") with { Override = InstanceStatus.OutOfService };
        _under.Register(sent, WriteSource.Peer);
        Assert.Equal(InstanceStatus.OutOfService, Status());
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.OutOfService, Status());
        _under.ClearStatus("orders", "i-1");
        Assert.Equal(InstanceStatus.Up, Status());
    }

    [Fact]
    public void Setting_a_status_does_not_renew()
    {
        Register(InstanceStatus.Up);
        _under.Pass(Lease - TimeSpan.FromSeconds(1));
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _under.SetMetadata("orders", "i-1", ("k", "v"));
        _under.ClearStatus("orders", "i-1");
        _under.Pass(TimeSpan.FromSeconds(1.1));
        Assert.False(_under.Has("orders", "i-1"));
    }

    [Fact]
    public void A_renewal_leaves_the_override_alone_and_changes_no_version()
    {
        Register(InstanceStatus.Up);
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Instance record = _under.Find("orders", "i-1")!;
        ulong before = _under.Version;
        _under.Renew("orders", "i-1");
        Assert.Same(record, _under.Find("orders", "i-1"));
        Assert.Equal(before, _under.Version);
    }

    [Fact]
    public void On_an_instance_that_is_not_there_it_is_refused_and_nothing_is_kept_for_later()
    {
        WriteResult result = _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        Assert.Equal((RegistryErrorCode.UnknownInstance, 0UL), (result.Error?.Code, result.Version));
        Assert.Contains("ORDERS/i-1", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(RegistryErrorCode.UnknownInstance, _under.ClearStatus("orders", "i-1").Error?.Code);
        Assert.Equal(0UL, _under.Version);
        Register(InstanceStatus.Up);
        Assert.Equal(InstanceStatus.Up, Status());
    }

    [Fact]
    public void A_status_outside_the_enumeration_is_refused()
    {
        Register(InstanceStatus.Up);
        ulong before = _under.Version;
        Assert.Equal(RegistryErrorCode.InvalidValue, _under.SetStatus("orders", "i-1", (InstanceStatus)5).Error?.Code);
        Registration own = RegistrationBuilder.Of("orders", "i-1") with { Status = (InstanceStatus)5 };
        Registration peers = RegistrationBuilder.Of("orders", "i-1") with { Override = (InstanceStatus)200 };
        Assert.Equal(RegistryErrorCode.InvalidValue, _under.Registry.Register(own, _under.Now).Error?.Code);
        Assert.Equal(RegistryErrorCode.InvalidValue, _under.Registry.Register(peers, _under.Now, WriteSource.Peer).Error?.Code);
        Assert.Equal(before, _under.Version);
    }

    private void Register(InstanceStatus own) =>
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { Status = own, LeaseDuration = Lease });

    private void Expire()
    {
        _under.Pass(Lease + TimeSpan.FromSeconds(1));
        Assert.False(_under.Has("orders", "i-1"));
    }

    private InstanceStatus Status() => _under.Find("orders", "i-1")!.Status;
}
