using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Servers;
using Rollcall.Client.Yarp;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Dialing;
using Rollcall.Interop.Tests.Links;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>An application with YARP of its own, in both ways: instances as destinations, and chosen for each request.</summary>
public sealed class YarpTests : IAsyncLifetime
{
    private readonly WebApplicationBuilder _builder = WebApplication.CreateSlimBuilder();
    private ServerProcess _server = null!;
    private IRegistryLink _link = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync();
        _link = await Dial.OpenAsync(_server, "tcp");
        _builder.Logging.ClearProviders();
        _builder.WebHost.UseUrls("http://127.0.0.1:0");
    }

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_proxy_of_the_README_forwards_to_the_instances_of_the_service_that_a_cluster_is_named_after()
    {
        WebApplicationBuilder builder = _builder;
        RegistryServer registry = new LinkDialer().Server(_server.AddressOf("tcp").OriginalString);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ReverseProxy:Routes:r:ClusterId"] = "orders",
                ["ReverseProxy:Routes:r:Match:Path"] = "/api/{**rest}",
                ["ReverseProxy:Clusters:orders:Metadata:any"] = "thing",
            }
        );

        // readme:begin
        builder.Services.AddRollcallClient().AddServer(registry);
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        await using WebApplication app = builder.Build();
        app.MapReverseProxy(proxy => proxy.UseRollcallInstances()); // the id of a cluster is a service; it needs no destinations
        // readme:end

        await app.StartAsync();
        await using Backend backend = await Backend.StartAsync(context => context.Response.WriteAsync(context.Request.Path));
        await backend.RegisterAsync(_link, "orders", "o-1");
        using HttpClient http = ClientOf(app);
        await Wait.UntilAsync(async () => await TextAsync(http, "api/x") == "/api/x", () => "an answer of o-1");
        await _link.CancelAsync("orders", "o-1");
        await Wait.UntilAsync(async () => await TextAsync(http, "api/x") == "503 ORDERS: its last instance left, cancelled.\n", () => "503 with the reason");
    }

    [Fact]
    public async Task Instances_are_destinations_that_come_and_drain_without_a_request_being_cut()
    {
        _builder.Services.AddRollcallClient().AddServer(new LinkDialer().Server(_server.AddressOf("tcp").OriginalString));
        _builder
            .Services.AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "r", ClusterId = "c", Match = new() { Path = "{**rest}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "c",
                        Destinations = new Dictionary<string, DestinationConfig> { ["any"] = new() { Address = "http://orders/base/" } },
                    },
                ]
            )
            .AddRollcallDestinations();
        await using WebApplication app = _builder.Build();
        app.MapReverseProxy();
        await app.StartAsync();
        using HttpClient http = ClientOf(app);

        var goOn = new TaskCompletionSource();
        await using Backend first = await Backend.StartAsync(context => AnswerAsync(context, "o-1", goOn.Task));
        await using Backend second = await Backend.StartAsync(context => AnswerAsync(context, "o-2", goOn.Task));
        Assert.Null((await _link.RegisterAsync(first.As("orders", "o-1", zone: "a") with { Weight = 7 })).Error);
        await Wait.UntilAsync(async () => await TextAsync(http, "x") == "o-1 /base/x", () => "an answer of o-1");
        Assert.Equal(("a", "7"), MetadataOf(app, "any[o-1]"));

        Task<string> slow = TextAsync(http, "slow");
        await Wait.UntilAsync(() => Task.FromResult(StateOf(app).AllDestinations.Single().ConcurrentRequestCount == 1), () => "a request under way at o-1");
        await second.RegisterAsync(_link, "orders", "o-2");
        await Wait.UntilAsync(async () => await TextAsync(http, "x") == "o-2 /base/x", () => "an answer of o-2");
        await _link.SetStatusAsync("orders", "o-1", InstanceStatus.OutOfService);
        await DestinationsAsync(app, "any[o-2]");
        Assert.False(slow.IsCompleted, "nobody cut it off");
        goOn.SetResult();
        Assert.Equal("o-1 /base/slow", await slow);

        await _link.CancelAsync("orders", "o-2");
        await DestinationsAsync(app);
        Assert.StartsWith("503", await TextAsync(http, "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_no_service_stays_as_it_is_until_it_is_one()
    {
        _builder.Services.AddRollcallClient().AddServer(new LinkDialer().Server(_server.AddressOf("tcp").OriginalString));
        _builder.Services.AddReverseProxy().LoadFromMemory([], []).AddRollcallDestinations();
        await using WebApplication app = _builder.Build();
        await app.StartAsync();
        IDestinationResolver resolver = app.Services.GetRequiredService<IDestinationResolver>();
        var asked = new Dictionary<string, DestinationConfig> { ["d"] = new() { Address = "http://later:5000/", Host = "kept" } };

        ResolvedDestinationCollection before = await resolver.ResolveDestinationsAsync(asked, default);
        Assert.Same(asked["d"], before.Destinations["d"]);
        Assert.False(before.ChangeToken!.HasChanged);
        Assert.Null((await _link.RegisterAsync(new() { Service = "later", Id = "l-1", HostName = "later.local", Address = "10.0.0.9", Port = 81, PortEnabled = true })).Error);
        await Wait.UntilAsync(() => Task.FromResult(before.ChangeToken.HasChanged), () => "the token fires");
        ResolvedDestinationCollection after = await resolver.ResolveDestinationsAsync(asked, default);
        DestinationConfig destination = Assert.Single(after.Destinations).Value;
        Assert.Equal(("http://10.0.0.9:81/", "kept"), (destination.Address, destination.Host));
        Assert.False(after.ChangeToken!.HasChanged);
    }

    private static HttpClient ClientOf(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()), Timeout = Wait.Deadline };

    private static async Task<string> TextAsync(HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? text : $"{(int)response.StatusCode} {text}";
    }

    private static async Task AnswerAsync(HttpContext context, string id, Task goOn)
    {
        if (context.Request.Path.Value!.EndsWith("slow", StringComparison.Ordinal))
        {
            await goOn.WaitAsync(context.RequestAborted);
        }

        await context.Response.WriteAsync($"{id} {context.Request.Path}");
    }

    private static ClusterDestinationsState StateOf(WebApplication app)
    {
        Assert.True(app.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("c", out ClusterState? cluster));
        return cluster.DestinationsState;
    }

    private static (string? Zone, string? Weight) MetadataOf(WebApplication app, string destination)
    {
        IReadOnlyDictionary<string, string> metadata = StateOf(app).AllDestinations.Single(each => each.DestinationId == destination).Model.Config.Metadata!;
        return (metadata["Rollcall.Zone"], metadata["Rollcall.Weight"]);
    }

    private static Task DestinationsAsync(WebApplication app, params string[] expected) =>
        Wait.UntilAsync(
            () => Task.FromResult(StateOf(app).AvailableDestinations.Select(each => each.DestinationId).Order().SequenceEqual(expected)),
            () => $"destinations {string.Join(", ", expected)}; there are {string.Join(", ", StateOf(app).AvailableDestinations.Select(each => each.DestinationId))}"
        );
}
