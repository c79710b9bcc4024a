using System.Text.Json.Nodes;
using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>The unmodified npm client against the real server.</summary>
public sealed class NodeClientTests : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private EurekaCalls _calls = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync();
        _calls = new EurekaCalls(_server.BaseUrl);
    }

    public async Task DisposeAsync()
    {
        _calls.Dispose();
        await _server.DisposeAsync();
    }

    [NodeTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_registers_beats_finds_another_sees_it_leave_and_deregisters(bool useDelta)
    {
        await using NodeClient orders = NodeClient.Start(_server.BaseUrl, Instance("orders", "orders-1", 8081), useDelta);
        await orders.HappensAsync("started");
        await using NodeClient billing = NodeClient.Start(_server.BaseUrl, Instance("billing", "billing-1", 8082), useDelta);
        await billing.HappensAsync("heartbeat", 3);

        await orders.SeesAppAsync("BILLING", "billing-1");
        await orders.SeesVipAsync("billing.example", "billing-1");
        await billing.SeesAppAsync("ORDERS", "orders-1");
        int fullReads = orders.CountOf("registryUpdated");
        await billing.StopAsync();
        await orders.SeesAppAsync("BILLING");
        await orders.SeesVipAsync("billing.example");

        Assert.Null(await _calls.StatusOfAsync("BILLING", "billing-1"));
        Assert.True(!useDelta || orders.CountOf("registryUpdated") == fullReads, "It left by a full read and not by a delta.");
        await orders.StopAsync();
        Assert.Null(await _calls.StatusOfAsync("ORDERS", "orders-1"));
        Assert.Equal(1, orders.CountOf("registered"));
    }

    [NodeFact]
    public async Task A_client_comes_back_by_itself_after_the_server_was_killed_and_started_again()
    {
        await using NodeClient orders = NodeClient.Start(_server.BaseUrl, Instance("orders", "orders-1", 8081));
        await using NodeClient billing = NodeClient.Start(_server.BaseUrl, Instance("billing", "billing-1", 8082));
        await orders.SeesAppAsync("BILLING", "billing-1");

        await _server.KillAsync();
        await _server.RestartAsync();
        await orders.HappensAsync("registered", 2);
        await billing.HappensAsync("registered", 2);

        await Wait.UntilAsync(
            async () => await _calls.StatusOfAsync("ORDERS", "orders-1") == "UP"
                && await _calls.StatusOfAsync("BILLING", "billing-1") == "UP",
            () => "both instances in the new server");
        await orders.SeesVipAsync("billing.example", "billing-1");
        await billing.StopAsync();
        await orders.SeesAppAsync("BILLING");
        await orders.StopAsync();
        Assert.Null(await _calls.StatusOfAsync("ORDERS", "orders-1"));
    }

    [NodeFact]
    public async Task The_least_that_a_user_can_configure_is_enough()
    {
        JsonObject least = new()
        {
            ["app"] = "least",
            ["hostName"] = "least.example",
            ["ipAddr"] = "127.0.0.1",
            ["port"] = 8080,
            ["vipAddress"] = "least.example",
            ["dataCenterInfo"] = new JsonObject { ["name"] = "MyOwn" },
        };
        await using NodeClient client = NodeClient.Start(_server.BaseUrl, least);

        await client.HappensAsync("heartbeat", 2);

        Assert.Equal("UP", await _calls.StatusOfAsync("LEAST", "least.example"));
        await client.SeesVipAsync("least.example", "least.example");
        await client.StopAsync();
        Assert.Null(await _calls.StatusOfAsync("LEAST", "least.example"));
        Assert.Equal(1, client.CountOf("registered"));
    }

    [NodeFact]
    public async Task An_instance_that_another_client_registered_is_found_and_its_override_takes_it_out()
    {
        await _calls.RegisterAsync(SampleInstances.Rich("CATALOG", "c-1"));
        await using NodeClient orders = NodeClient.Start(_server.BaseUrl, Instance("orders", "orders-1", 8081), useDelta: false);
        await orders.SeesAppAsync("CATALOG", "c-1");
        await orders.SeesVipAsync("catalog-v2", "c-1");

        await _calls.OverrideAsync("CATALOG", "c-1", "OUT_OF_SERVICE");
        await orders.SeesAppAsync("CATALOG");
        await _calls.ClearOverrideAsync("CATALOG", "c-1");
        await orders.SeesAppAsync("CATALOG", "c-1");
    }

    [NodeFact]
    public async Task With_user_and_password_in_its_URL_a_client_comes_in_and_does_what_its_role_may()
    {
        const string Secret = "0e1f2a3b4c5d6e7f8091a2b3c4d5e6f7";
        var credentials = new Dictionary<string, string>
        {
            ["ROLLCALL_CREDENTIALS"] = $"shop registrar:ORDERS token {Secret}; looker reader token {Secret}0",
        };
        await using ServerProcess server = await ServerProcess.StartAsync([], credentials);
        Uri As(string user, string password) => new UriBuilder(server.BaseUrl) { UserName = user, Password = password }.Uri;

        await using NodeClient orders = NodeClient.Start(As("shop", Secret), Instance("orders", "orders-1", 8081));
        await orders.HappensAsync("heartbeat", 2);
        await orders.SeesAppAsync("ORDERS", "orders-1");
        await using NodeClient other = NodeClient.Start(As("shop", Secret), Instance("billing", "billing-1", 8082));
        await using NodeClient looker = NodeClient.Start(As("looker", Secret + "0"), Instance("looker", "looker-1", 8083));
        await using NodeClient liar = NodeClient.Start(As("shop", Secret + "1"), Instance("orders", "orders-2", 8084));
        await other.SaysAsync("403");
        await looker.SaysAsync("403");
        await liar.SaysAsync("401");

        Assert.Equal(1, orders.CountOf("registered"));
        Assert.All([other, looker, liar], client => Assert.Equal(0, client.CountOf("registered")));
        await orders.SeesAppAsync("ORDERS", "orders-1");
        await orders.StopAsync();
    }

    private static JsonObject Instance(string app, string id, int port) => new()
    {
        ["app"] = app,
        ["instanceId"] = id,
        ["hostName"] = $"{id}.example",
        ["ipAddr"] = "127.0.0.1",
        ["statusPageUrl"] = $"http://{id}.example:{port}/info",
        ["port"] = new JsonObject { ["$"] = port, ["@enabled"] = true },
        ["vipAddress"] = $"{app}.example",
        ["dataCenterInfo"] = new JsonObject
        {
            ["@class"] = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
            ["name"] = "MyOwn",
        },
        ["metadata"] = new JsonObject { ["zone_a"] = "<&>" },
    };
}
