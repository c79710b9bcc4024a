using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http;
using Rollcall.Transports.Tests.Server;
using static Rollcall.Transports.Tests.Eureka.OtherSideKind;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>What a link over Eureka's protocol does, against Java's server (a fake that complains) and against ours.</summary>
public sealed class EurekaLinkTests
{
    public static TheoryData<OtherSideKind> All => new(Spring, Netflix, OtherSideKind.Rollcall);

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_an_owner_says_comes_back(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        Registration sent = RegistrationBuilder.Full("Orders", "i-1") with { Status = InstanceStatus.Up, Attributes = [] };
        RegisterResult result = await link.RegisterAsync(sent);
        Assert.Null(result.Error);
        Assert.True(result.Handle.IsNone);

        Instance found = (await link.FindAsync("orders", "i-1"))!;
        Assert.Equal("ORDERS", found.Service.Text);
        Assert.Equal((InstanceStatus.Up, null), (found.Status, found.Override));
        Assert.Equal((sent.Port, true, sent.SecurePort, true), (found.Port, found.PortEnabled, found.SecurePort, found.SecurePortEnabled));
        Assert.Equal((sent.LeaseDuration, sent.RenewalInterval), (found.LeaseDuration, found.RenewalInterval));
        Assert.Equal(sent.ClientStamp, found.ClientStamp);
        Assert.Equal((sent.HostName, sent.Address), (found.GetText(InstanceText.HostName), found.GetText(InstanceText.Address)));
        Assert.Equal((sent.Vips, sent.SecureVips), (found.GetText(InstanceText.Vips), found.GetText(InstanceText.SecureVips)));
        Assert.Equal(sent.HomePageUrl, found.GetText(InstanceText.HomePageUrl));
        Assert.Equal(sent.SecureHealthCheckUrl, found.GetText(InstanceText.SecureHealthCheckUrl));

        // Eureka has no members for these: they travel as metadata, and what the owner has there stays.
        Dictionary<string, string> metadata = found.Metadata.ToArray().ToDictionary();
        Assert.Equal(("a", sent.Region, "250"), (metadata["zone"], metadata["region"], metadata["weight"]));
        Assert.Equal((sent.Region, 250), (found.GetText(InstanceText.Region), found.Weight));
        Assert.Equal("日本 <&>\"'", metadata["größe"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Renewals_say_whether_to_register_again(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        Assert.Equal(RenewOutcome.Unknown, await link.RenewAsync("orders", "i-1"));
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1") with { ClientStamp = 1_700_000_000_000 });
        Assert.Equal(RenewOutcome.Same, await link.RenewAsync("ORDERS", "i-1"));
        Assert.Equal(RenewOutcome.Same, await link.RenewAsync("orders", "i-1", 1_700_000_000_000));
        Assert.Equal(RenewOutcome.Unknown, await link.RenewAsync("orders", "i-1", 1_700_000_000_001));
        Assert.Equal(RenewOutcome.Unknown, await link.RenewAsync("orders", "I-1"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_cancelled_instance_is_gone_and_cannot_be_cancelled_again(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
        Assert.Null((await link.CancelAsync("orders", "i-1")).Error);
        Assert.Equal(RegistryErrorCode.UnknownInstance, (await link.CancelAsync("orders", "i-1")).Error!.Code);
        Assert.Null(await link.FindAsync("orders", "i-1"));
        Assert.Equal(RegistryErrorCode.UnknownInstance, (await link.SetStatusAsync("orders", "i-1", InstanceStatus.Down)).Error!.Code);
        Assert.Equal(RegistryErrorCode.UnknownInstance, (await link.SetMetadataAsync("orders", "i-1", [new("a", "1")])).Error!.Code);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_override_is_set_and_cleared(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1") with { ClientStamp = 5 });
        Assert.Null((await link.SetStatusAsync("orders", "i-1", InstanceStatus.OutOfService)).Error);
        Instance set = (await link.FindAsync("orders", "i-1"))!;
        Assert.Equal((InstanceStatus.OutOfService, InstanceStatus.OutOfService), (set.Status, set.Override!.Status));

        Assert.Null((await link.ClearStatusAsync("orders", "i-1")).Error);
        Instance cleared = (await link.FindAsync("orders", "i-1"))!;
        Assert.Null(cleared.Override);

        // Java forgets what the owner said, and asks for it at the next renewal.
        bool java = kind != OtherSideKind.Rollcall;
        Assert.Equal(java ? InstanceStatus.Unknown : InstanceStatus.Up, cleared.Status);
        Assert.Equal(java ? RenewOutcome.Unknown : RenewOutcome.Same, await link.RenewAsync("orders", "i-1", 5));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_owner_takes_itself_out_and_back_by_registering(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        Registration owner = RegistrationBuilder.Of("orders", "i-1");
        foreach (InstanceStatus status in (InstanceStatus[])[InstanceStatus.Up, InstanceStatus.OutOfService, InstanceStatus.Up, InstanceStatus.Down, InstanceStatus.Up])
        {
            Assert.Null((await link.RegisterAsync(owner with { Status = status })).Error);
            Instance found = (await link.FindAsync("orders", "i-1"))!;
            Assert.Equal((status, null), (found.Status, found.Override));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Metadata_is_merged(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1") with { Metadata = [new("a", "1"), new("b", "2")] });
        Assert.Null((await link.SetMetadataAsync("orders", "i-1", [new("b", "x y&z=+%"), new("ß", "")])).Error);
        Dictionary<string, string> metadata = (await link.FindAsync("orders", "i-1"))!.Metadata.ToArray().ToDictionary();
        Assert.Equal(("1", "x y&z=+%", ""), (metadata["a"], metadata["b"], metadata["ß"]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Reads_give_what_their_filter_selects(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        Assert.Empty((await link.ReadAsync(InstanceFilter.All)).Instances);
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1") with { Vips = "shop,orders" });
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-2") with { SecureVips = "shop-tls" });
        await link.RegisterAsync(RegistrationBuilder.Of("billing", "i-1") with { Vips = "shop" });

        Assert.Equal("BILLING/i-1 ORDERS/i-1 ORDERS/i-2", await Read(InstanceFilter.All));
        Assert.Equal("ORDERS/i-1 ORDERS/i-2", await Read(InstanceFilter.Services("Orders", "nobody")));
        Assert.Equal("", await Read(InstanceFilter.Services("nobody")));
        Assert.Equal("BILLING/i-1 ORDERS/i-1", await Read(InstanceFilter.Vips(secure: false, "shop")));
        Assert.Equal("BILLING/i-1 ORDERS/i-1", await Read(InstanceFilter.Vips(secure: false, "shop", "orders")));
        Assert.Equal("ORDERS/i-2", await Read(InstanceFilter.Vips(secure: true, "shop-tls")));
        Assert.Equal("", await Read(InstanceFilter.Vips(secure: false, "Shop")));

        async Task<string> Read(InstanceFilter filter) =>
            string.Join(' ', (await link.ReadAsync(filter)).Instances.Select(instance => instance.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_delta_tells_each_change_once(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
        var mirror = new RegistryMirror();
        mirror.Apply(await link.ReadAsync(InstanceFilter.All));
        Assert.Equal(RegistryErrorCode.TooFarBehind, (await link.ReadDeltaAsync(RegistryVersion.None)).Error!.Code);

        await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-2"));
        await link.CancelAsync("orders", "i-1");
        RegistryUpdate changes = (await link.ReadDeltaAsync(mirror.Version)).Update!;
        mirror.Apply(changes);
        Assert.Equal("ORDERS/i-2", Assert.Single(mirror.Instances).ToString());
        Assert.Equal(2, changes.Changes.Count);
        Assert.Equal(UpdateKind.Progress, (await link.ReadDeltaAsync(mirror.Version)).Update!.Kind);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Names_of_every_kind_come_through(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        foreach (string name in (string[])["with space", "a+b;c,d", "host:orders:8080", "100%", "%2F", "q?x=1&y=2#z", "test#1.[3.?]!", "größe-日本-😀"])
        {
            Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of(name, name))).Error);
            Assert.Equal(RenewOutcome.Same, await link.RenewAsync(name, name));
            Assert.Equal(name, (await link.FindAsync(name, name))!.Id);
            Assert.Equal(name, Assert.Single((await link.ReadAsync(InstanceFilter.Services(name))).Instances).Id);
            Assert.Null((await link.SetStatusAsync(name, name, InstanceStatus.Down)).Error);
            Assert.Null((await link.CancelAsync(name, name)).Error);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_Eureka_cannot_do_is_said_in_words(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        await Refused(link.RenewAsync(new LeaseHandle(7)).AsTask(), "handle");
        await Refused(link.RenewAsync(new[] { new LeaseHandle(7) }, new int[1]).AsTask(), "handle");
        await Refused(link.ReadAcknowledgedAsync("orders").AsTask(), "subscribers");
        await link.PingAsync();

        static async Task Refused(Task call, string word)
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(() => call);
            Assert.Equal(LinkFailure.NotSupported, refused.Failure);
            Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_no_registry_of_ours_would_take_is_not_sent(OtherSideKind kind)
    {
        await using OtherSide side = await OtherSide.StartAsync(kind);
        EurekaLink link = await side.DialAsync();
        Registration good = RegistrationBuilder.Of("orders", "i-1");
        foreach (Registration bad in (Registration[])[good with { Port = 70_000 }, good with { HostName = "" }, good with { LeaseDuration = TimeSpan.Zero }])
        {
            RegisterResult result = await link.RegisterAsync(bad);
            Assert.Equal(bad.Check(new RegistryOptions()), result.Error);
        }

        Assert.Empty((await link.ReadAsync(InstanceFilter.All)).Instances);
    }

    [Fact]
    public async Task A_registration_that_the_server_refuses_is_refused_in_its_words()
    {
        await using var server = await HttpFixture.StartAsync(registry: new RegistryOptions { IdBytesMax = 4 });
        await using EurekaLink link = await EurekaLink.ConnectAsync(new Uri($"eureka+http://{server.EndPoint}/eureka"));
        RegisterResult result = await link.RegisterAsync(RegistrationBuilder.Of("orders", "too-long"));
        Assert.Equal(RegistryErrorCode.InvalidValue, result.Error!.Code);
        Assert.Contains("id of 8 bytes is over 4 bytes", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_readmes_lines_open_a_link()
    {
        await using OtherSide side = await OtherSide.StartAsync(Spring);
        Uri address = side.Java.Address;
        // readme:begin
        var options = new EurekaLinkOptions { PollInterval = TimeSpan.FromSeconds(10) };
        IRegistryLink link = await EurekaLink.ConnectAsync(address, options);
        // readme:end
        Assert.Equal(address.ToString(), link.Address);
        await link.DisposeAsync();
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1")]
    [InlineData("eureka+http://shop:secret@127.0.0.1:1/eureka")]
    [InlineData("eureka+http://127.0.0.1:1/eureka?a=b")]
    public async Task An_address_that_is_none_is_refused_without_its_secret(string address)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => EurekaLink.ConnectAsync(new Uri(address)));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
