using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Writes;

/// <summary>What a registration does: what is kept of it, what it replaces, which handle it answers.</summary>
public class RegisterTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Fact]
    public void Every_field_reads_back_as_sent()
    {
        Registration sent = RegistrationBuilder.Full("Orders", "Host:Orders:8081");
        RegisterResult result = _under.Register(sent);
        Assert.Equal((true, 1UL), (result.Created, result.Version));
        Instance record = _under.Find("oRDERS", "Host:Orders:8081")!;
        Assert.Equal("ORDERS", record.Service.Text);
        Assert.Equal("Host:Orders:8081", record.Id);
        Assert.Equal(
            (8081, true, 8443, true, 250),
            (record.Port, record.PortEnabled, record.SecurePort, record.SecurePortEnabled, record.Weight)
        );
        Assert.Equal((sent.LeaseDuration, sent.RenewalInterval), (record.LeaseDuration, record.RenewalInterval));
        Assert.Equal((InstanceStatus.Starting, 1_700_000_000_123L), (record.OwnStatus, record.ClientStamp));
        Assert.Equal(sent.HostName, record.GetText(InstanceText.HostName));
        Assert.Equal(sent.Address, record.GetText(InstanceText.Address));
        Assert.Equal(sent.Vips, record.GetText(InstanceText.Vips));
        Assert.Equal(sent.SecureVips, record.GetText(InstanceText.SecureVips));
        Assert.Equal(sent.HomePageUrl, record.GetText(InstanceText.HomePageUrl));
        Assert.Equal(sent.StatusPageUrl, record.GetText(InstanceText.StatusPageUrl));
        Assert.Equal(sent.HealthCheckUrl, record.GetText(InstanceText.HealthCheckUrl));
        Assert.Equal(sent.SecureHealthCheckUrl, record.GetText(InstanceText.SecureHealthCheckUrl));
        Assert.Equal((sent.Zone, sent.Region), (record.GetText(InstanceText.Zone), record.GetText(InstanceText.Region)));
        Assert.Equal(sent.Metadata, record.Metadata.ToArray());
        Assert.Equal(sent.Attributes, record.Attributes.ToArray());
        Assert.Equal((1UL, ChangeKind.Added), (record.Version, record.LastChange));
    }

    [Fact]
    public void Absent_text_stays_absent_and_empty_text_empty()
    {
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { HomePageUrl = "" });
        Instance record = _under.Find("orders", "i-1")!;
        Assert.Equal("", record.GetText(InstanceText.HomePageUrl));
        Assert.Null(record.GetText(InstanceText.StatusPageUrl));
        Assert.False(record.TryGetUtf8(InstanceText.Zone, out _));
    }

    [Fact]
    public void Times_are_those_of_the_wall_clock()
    {
        long start = _under.Clock.WallMs;
        _under.Register("orders", "i-1");
        Instance record = _under.Find("orders", "i-1")!;
        Assert.Equal((start, start, start), (record.RegisteredAtMs, record.UpdatedAtMs, record.ServiceUpAtMs));

        _under.Pass(TimeSpan.FromSeconds(5));
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        record = _under.Find("orders", "i-1")!;
        Assert.Equal((start, start + 5_000, start), (record.RegisteredAtMs, record.UpdatedAtMs, record.ServiceUpAtMs));
        Assert.Equal(start + 5_000, record.Override?.SetAtMs);

        _under.Pass(TimeSpan.FromSeconds(5));
        _under.Register("orders", "i-1");
        record = _under.Find("orders", "i-1")!;
        Assert.Equal((start + 10_000, start + 10_000, start), (record.RegisteredAtMs, record.UpdatedAtMs, record.ServiceUpAtMs));
    }

    [Fact]
    public void Service_up_is_the_first_time_it_was_up()
    {
        Registration starting = RegistrationBuilder.Of("orders", "i-1") with { Status = InstanceStatus.Starting };
        _under.Register(starting);
        Assert.Equal(0, _under.Find("orders", "i-1")!.ServiceUpAtMs);
        _under.Pass(TimeSpan.FromSeconds(3));
        long up = _under.Clock.WallMs;
        _under.Register("orders", "i-1");
        Assert.Equal(up, _under.Find("orders", "i-1")!.ServiceUpAtMs);
        _under.Pass(TimeSpan.FromSeconds(3));
        _under.Register(starting);
        _under.Register("orders", "i-1");
        Assert.Equal(up, _under.Find("orders", "i-1")!.ServiceUpAtMs);
    }

    [Fact]
    public void Service_up_is_also_when_an_operator_let_it_be_up_for_the_first_time()
    {
        _under.Register("orders", "i-1", TimeSpan.FromSeconds(1));
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _under.Pass(TimeSpan.FromSeconds(2));
        _under.Register("orders", "i-1");
        Assert.Equal(0, _under.Find("orders", "i-1")!.ServiceUpAtMs);
        _under.Pass(TimeSpan.FromSeconds(3));
        _under.ClearStatus("orders", "i-1");
        Assert.Equal(_under.Clock.WallMs, _under.Find("orders", "i-1")!.ServiceUpAtMs);
    }

    [Fact]
    public void The_service_compares_without_case_and_the_id_with_case()
    {
        _under.Register("Orders", "i-1");
        Assert.False(_under.Register("oRDERS", "i-1").Created);
        Assert.True(_under.Register("ORDERS", "I-1").Created);
        Assert.Equal((2, 1), (_under.Registry.ReadSnapshot().Count, _under.Registry.ReadSnapshot().ServiceCount));
    }

    [Theory]
    [InlineData("straße", "STRASSE")]
    [InlineData("ısı", "ISI")]
    [InlineData("file", "ﬁle")]
    [InlineData("K", "\u212A")]
    public void Names_that_only_a_language_would_call_equal_are_two_services(string one, string other)
    {
        _under.Register(one, "i-1");
        Assert.True(_under.Register(other, "i-1").Created);
        Assert.Equal(2, _under.Registry.ReadSnapshot().ServiceCount);
        Assert.True(_under.Has(one.ToUpperInvariant(), "i-1"));
    }

    [Fact]
    public void One_id_in_two_services_is_two_instances()
    {
        LeaseHandle one = _under.Register("orders", "i-1").Handle;
        LeaseHandle other = _under.Register("billing", "i-1").Handle;
        Assert.NotEqual(one, other);
        Assert.Equal("BILLING", _under.FindById("i-1")!.Service.Text);
        _under.Cancel("billing", "i-1");
        Assert.True(_under.Has("orders", "i-1"));
        Assert.Equal("ORDERS", _under.FindById("i-1")!.Service.Text);
        Assert.True(_under.Renew(one));
        Assert.False(_under.Renew(other));
    }

    [Fact]
    public void A_live_lease_keeps_its_handle_when_registered_again()
    {
        LeaseHandle handle = _under.Register("orders", "i-1").Handle;
        RegisterResult again = _under.Register(RegistrationBuilder.Full("orders", "i-1"));
        Assert.Equal((handle, false, 2UL), (again.Handle, again.Created, again.Version));
        Assert.True(_under.Renew(handle));
    }

    [Fact]
    public void Registering_again_replaces_all_but_the_override()
    {
        _under.Register(RegistrationBuilder.Full("orders", "i-1"));
        _under.SetMetadata("orders", "i-1", ("added", "later"));
        _under.Register("orders", "i-1");
        Instance record = _under.Find("orders", "i-1")!;
        Assert.Equal((0, 0), (record.Metadata.Count, record.Attributes.Count));
        Assert.Null(record.GetText(InstanceText.Vips));
    }

    [Fact]
    public void Handles_are_never_reused_nor_guessable_from_each_other()
    {
        HashSet<LeaseHandle> given = [];
        for (int i = 0; i < 2_000; i++)
        {
            Assert.True(given.Add(_under.Register("orders", "i-1").Handle));
            _under.Cancel("orders", "i-1");
        }

        Assert.All(given, handle => Assert.False(_under.Renew(handle)));
        Assert.True(given.Select(handle => (uint)handle.Value).Distinct().Count() > 1_900, "generations follow no pattern");
    }

    [Fact]
    public void Forged_handles_renew_nothing_and_never_throw()
    {
        LeaseHandle real = _under.Register("orders", "i-1").Handle;
        Assert.False(_under.Renew(default));
        Assert.False(_under.Renew(new LeaseHandle(ulong.MaxValue)));
        for (int bit = 0; bit < 64; bit++)
        {
            Assert.False(_under.Renew(new LeaseHandle(real.Value ^ (1UL << bit))), $"bit {bit} of a handle does not count");
        }

        var random = new Random(11);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.False(_under.Renew(new LeaseHandle((ulong)random.NextInt64())));
        }
    }

    [Fact]
    public void The_generation_differs_from_boot_to_boot()
    {
        RegistryOptions drawn = SteppedRegistry.Unguarded with { Seed = null };
        ulong[] first =
        [
            .. Enumerable.Range(0, 8).Select(_ => new SteppedRegistry(drawn).Register("orders", "i-1").Handle.Value),
        ];
        Assert.True(first.Select(value => (uint)value).Distinct().Count() >= 7);
    }

    [Fact]
    public void With_a_seed_a_run_repeats()
    {
        ulong[] values = [.. Enumerable.Range(0, 3).Select(_ => new SteppedRegistry().Register("orders", "i-1").Handle.Value)];
        Assert.Single(values.Distinct());
    }

    [Fact]
    public void Metadata_is_merged_in_order_and_shown_in_the_delta()
    {
        _under.Register(
            RegistrationBuilder.Of("orders", "i-1") with
            {
                Metadata = [KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2"), KeyValuePair.Create("c", "3")],
            }
        );
        Assert.Null(_under.SetMetadata("orders", "i-1", ("b", "two"), ("d", "four")).Error);
        Assert.Equal("a=1 b=two c=3 d=four", Pairs(_under.Find("orders", "i-1")!));
        Change change = Assert.Single(_under.Registry.ReadDelta(1).Changes);
        Assert.Equal(
            (ChangeKind.Modified, ChangeCause.MetadataSet, "a=1 b=two c=3 d=four"),
            (change.Kind, change.Cause, Pairs(change.Record))
        );
        Assert.Equal("a=1 b=2 c=3", Pairs(_under.Registry.ReadDelta(0).Changes[0].Record));
    }

    [Fact]
    public void Every_record_of_an_instance_has_a_higher_revision_than_the_one_before()
    {
        Revision last = default;
        Action[] writes =
        [
            () => _under.Register("orders", "i-1"),
            () => _under.SetStatus("orders", "i-1", InstanceStatus.Down),
            () => _under.Clock.JumpWall(TimeSpan.FromHours(-1)),
            () => _under.SetMetadata("orders", "i-1", ("k", "v")),
            () => _under.ClearStatus("orders", "i-1"),
            () => _under.Register("orders", "i-1"),
            () => _under.Cancel("orders", "i-1"),
            () => _under.Register("orders", "i-1"),
        ];
        foreach (Action write in writes)
        {
            write();
            _under.Pass(TimeSpan.FromMilliseconds(1));
        }

        foreach (Change change in _under.Registry.ReadDelta(0).Changes)
        {
            Assert.True(change.Revision > last, $"version {change.Version}: {change.Revision} after {last}");
            last = change.Revision;
        }
    }

    private static string Pairs(Instance record) =>
        string.Join(' ', record.Metadata.ToArray().Select(pair => $"{pair.Key}={pair.Value}"));
}
