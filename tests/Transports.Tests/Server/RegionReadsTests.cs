using System.Text.Json;
using System.Xml.Linq;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Regions;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Server;

/// <summary>Eureka's reads over several regions, and what is answered from another region because nobody has it here.</summary>
public sealed class RegionReadsTests : IAsyncLifetime
{
    private readonly RegistryService _remote = new(new RegistryOptions(), new HandClock());
    private HttpFixture _server = null!;
    private bool _isHeard = true;

    public async Task InitializeAsync()
    {
        _server = await HttpFixture.StartAsync(registry: new() { Seed = 0xC0FFEE, NodeId = 7, Region = "eu", Zone = "eu-1a" });
        _server.Registry.Regions.Add(new("us", InstanceFilter.Services("orders", "billing"), isFallback: true, Copy));
        _server.Registry.Regions.Add(new("asia", InstanceFilter.All, isFallback: false, Copy));
        _server.Register("orders", "eu-1");
        Register("orders", "us-1");
        Register("billing", "us-2");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/eureka/apps?regions=us", "BILLING/us-2 ORDERS/eu-1 ORDERS/us-1", "UP_3_")]
    [InlineData("/eureka/apps?regions=US,mars,eu", "BILLING/us-2 ORDERS/eu-1 ORDERS/us-1", "UP_3_")]
    [InlineData("/eureka/v2/apps/?x=1&regions=asia%2Cus", "BILLING/us-2 ORDERS/eu-1 ORDERS/us-1", "UP_3_")]
    [InlineData("/eureka/apps?regions=mars", "ORDERS/eu-1", "UP_1_")]
    [InlineData("/eureka/apps?regions=", "ORDERS/eu-1", "UP_1_")]
    [InlineData("/eureka/apps", "ORDERS/eu-1", "UP_1_")]
    public void A_full_read_holds_the_regions_that_it_names(string path, string expected, string hash)
    {
        XElement xml = XDocument.Parse(_server.Ask("GET", path).Text).Root!;
        Assert.Equal(hash, xml.Element("apps__hashcode")!.Value);
        Assert.Equal(expected.Split(' '), xml.Descendants("instance").Select(one => $"{one.Element("app")!.Value}/{one.Element("instanceId")!.Value}"));
        Assert.Equal(xml.Elements("application").Select(app => app.Element("name")!.Value).Distinct(), xml.Elements("application").Select(app => app.Element("name")!.Value));

        using var json = JsonDocument.Parse(_server.Ask("GET", path, "Accept: application/json").Body);
        JsonElement apps = json.RootElement.GetProperty("applications");
        Assert.Equal(hash, apps.GetProperty("apps__hashcode").GetString());
        Assert.Equal(
            expected.Split(' ').Select(name => name.Split('/')[1]),
            apps.GetProperty("application").EnumerateArray().SelectMany(app => app.GetProperty("instance").EnumerateArray()).Select(one => one.GetProperty("instanceId").GetString())
        );
    }

    [Fact]
    public void Its_tag_is_that_of_its_content_and_of_its_regions()
    {
        string regional = Tag("/eureka/apps?regions=us");
        Assert.Equal(304, _server.Ask("GET", "/eureka/apps?regions=us", $"If-None-Match: {regional}").Status);
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps", $"If-None-Match: {regional}").Status);
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps?regions=asia,us", $"If-None-Match: {regional}").Status);
        Register("orders", "us-3");
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps?regions=us", $"If-None-Match: {regional}").Status);
        string later = Tag("/eureka/apps?regions=us");
        _server.Register("orders", "eu-2");
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps?regions=us", $"If-None-Match: {later}").Status);
    }

    [Fact]
    public void A_delta_over_regions_is_refused_with_an_empty_body_and_clients_read_in_full()
    {
        RawAnswer refused = _server.Ask("GET", "/eureka/apps/delta?regions=us");
        Assert.Equal((403, ""), (refused.Status, refused.Text));
        Assert.Contains("in full", refused["X-Rollcall-Reason"], StringComparison.Ordinal);
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps/delta?regions=mars").Status);
    }

    [Fact]
    public void A_region_that_was_never_heard_is_no_empty_region()
    {
        _isHeard = false;
        RawAnswer refused = _server.Ask("GET", "/eureka/apps?regions=us");
        Assert.Equal((403, ""), (refused.Status, refused.Text));
        Assert.Contains("Region us has not been heard yet", refused["X-Rollcall-Reason"], StringComparison.Ordinal);
        Assert.Equal(200, _server.Ask("GET", "/eureka/apps").Status);
    }

    [Fact]
    public void What_nobody_has_here_is_read_from_a_region_that_may_stand_in()
    {
        foreach (string path in (string[])["/eureka/apps/billing", "/eureka/vips/billing-vip", "/eureka/apps/BILLING/us-2"])
        {
            RawAnswer answer = _server.Ask("GET", path);
            Assert.Equal((200, "us"), (answer.Status, answer["X-Rollcall-Region"]));
            Assert.Contains("<instanceId>us-2</instanceId>", answer.Text, StringComparison.Ordinal);
        }

        string tag = Tag("/eureka/apps/billing");
        Assert.Equal(304, _server.Ask("GET", "/eureka/apps/billing", $"If-None-Match: {tag}").Status);

        // Who has somebody here gets nobody from elsewhere.
        Assert.DoesNotContain("us-1", _server.Ask("GET", "/eureka/apps/orders").Text, StringComparison.Ordinal);
        Assert.Equal(404, _server.Ask("GET", "/eureka/apps/ORDERS/us-1").Status);
        _server.Register("billing", "eu-9");
        Assert.DoesNotContain("us-2", _server.Ask("GET", "/eureka/apps/billing").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_region_that_may_stand_in_it_is_not_found()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Registry.Regions.Add(new("asia", InstanceFilter.All, isFallback: false, Copy));
        Assert.Equal(404, server.Ask("GET", "/eureka/apps/billing").Status);
        Assert.Equal(404, server.Ask("GET", "/eureka/apps/BILLING/us-2").Status);
        Assert.DoesNotContain("us-2", server.Ask("GET", "/eureka/vips/billing-vip").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_regions_and_their_ages_can_be_read()
    {
        using var json = JsonDocument.Parse(_server.Ask("GET", "/v1/regions").Body);
        Assert.Equal(("eu", "eu-1a"), (json.RootElement.GetProperty("region").GetString(), json.RootElement.GetProperty("zone").GetString()));
        JsonElement us = json.RootElement.GetProperty("remote").EnumerateArray().Single(region => region.GetProperty("region").GetString() == "us");
        Assert.Equal(2_500, us.GetProperty("ageMs").GetInt64());
        Assert.Equal(2, us.GetProperty("instances").GetInt32());
        Assert.Equal("nobody there", us.GetProperty("problem").GetString());
        Assert.Equal(["BILLING", "ORDERS"], us.GetProperty("services").EnumerateArray().Select(service => service.GetString()));
    }

    [Fact]
    public void A_query_that_cannot_be_decoded_is_refused_with_a_reason()
    {
        RawAnswer answer = _server.Ask("GET", "/eureka/apps?regions=%zz");
        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer["X-Rollcall-Reason"] ?? "");
    }

    private string Tag(string path) => _server.Ask("GET", path)["ETag"]!;

    private void Register(string service, string id) =>
        Assert.Null(_remote.Register(RegistrationBuilder.Of(service, id) with { Vips = $"{service}-vip" }, _remote.Now).Error);

    private RegionCopy Copy() =>
        _isHeard
            ? new(new(_remote.BootEpoch, _remote.ReadSnapshot().Version), [.. _remote.ReadSnapshot().Instances()], TimeSpan.FromMilliseconds(2_500), null, "nobody there")
            : new(RegistryVersion.None, [], null, null, "nobody there");
}
