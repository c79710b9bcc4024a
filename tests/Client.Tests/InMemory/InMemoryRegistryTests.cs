using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing;

namespace Rollcall.Client.Tests.InMemory;

/// <summary>The registry for users' unit tests, used as they would: what is under test here are the tests that it allows.</summary>
public sealed class InMemoryRegistryTests
{
    private static readonly Registration s_self = new() { Service = "orders", Id = "me", HostName = "me", Address = "10.9.9.9", Port = 80, PortEnabled = true };

    [Fact]
    public async Task The_test_of_the_README()
    {
        // readme:begin
        await using var registry = new InMemoryRegistry();
        registry.Add("billing", "http://10.0.0.1:8080");
        registry.Add("billing", "http://10.0.0.2:8080", lease: TimeSpan.FromMinutes(1));
        RollcallClient client = registry.CreateClient();
        await client.StartAsync();
        await registry.SettleAsync(); // the client knows what the registry holds
        Assert.Equal(2, client.Catalogue.Find("billing")!.UpCount);

        await registry.PassAsync(TimeSpan.FromMinutes(2)); // by hand: it takes no time
        await registry.SettleAsync();
        Assert.True(client.TryChoose("billing", out Pick pick));
        Assert.Equal("http://10.0.0.1:8080/", pick.Endpoint.Uri.ToString());

        registry.IsAway = true;
        await registry.PassAsync(TimeSpan.FromHours(1));
        Assert.True(client.TryChoose("billing", out _)); // the last good list stays
        Assert.True(client.Age > TimeSpan.FromMinutes(59));
        // readme:end
    }

    [Fact]
    public async Task An_instance_keeps_its_lease_while_time_passes_and_leaves_in_order()
    {
        await using var registry = new InMemoryRegistry();
        RollcallClient client = registry.CreateClient();
        await client.StartAsync();
        await client.RegisterAsync(s_self);
        client.Started();
        client.SetHealth(true);
        await registry.SettleAsync();
        Assert.Equal(InstanceStatus.Up, registry.Find("orders", "me")?.Status);
        await registry.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(InstanceStatus.Up, registry.Find("orders", "me")?.Status);

        Task stop = client.StopAsync();
        await registry.PassUntilAsync(() => stop.IsCompleted, TimeSpan.FromSeconds(10), "it stops");
        Assert.Empty(registry.Instances);
    }

    [Fact]
    public async Task A_restarted_registry_is_empty_and_gets_its_instance_back()
    {
        await using var registry = new InMemoryRegistry();
        registry.Add("billing", "http://10.0.0.1:8080", "b-1");
        RollcallClient client = registry.CreateClient();
        await client.StartAsync();
        await client.RegisterAsync(s_self);
        await registry.SettleAsync();
        registry.Restart();
        await registry.PassUntilAsync(
            () => registry.Find("orders", "me") is not null && client.Catalogue.Find("billing") is { HeldUpCount: 1 },
            TimeSpan.FromMinutes(1),
            "it has registered again, and follows again"
        );
        await registry.SettleAsync();
        Assert.Null(registry.Find("billing", "b-1"));
        Assert.True(client.TryChoose("billing", out Pick kept)); // the catalogue has not believed the empty list
        Assert.Equal(VanishCause.OtherRegistry, kept.Endpoint.HeldFor);
    }

    [Fact]
    public async Task What_a_test_does_to_instances_reaches_clients()
    {
        await using var registry = new InMemoryRegistry();
        RollcallClient all = registry.CreateClient();
        RollcallClient some = registry.CreateClient(new ClientOptions { Follow = InstanceFilter.Services("mail") });
        await all.StartAsync();
        await some.StartAsync();
        registry.Add("billing", "https://billing.example.org:8443", "b-1", detail: b => b with { Zone = "eu-1", Weight = 7 });
        registry.Add("mail", "http://10.0.0.3:80", "m-1");
        await registry.SettleAsync();
        ServiceEndpoint known = all.Catalogue.Find("billing")!.Endpoints[0];
        Assert.Equal(("https://billing.example.org:8443/", "eu-1", 7), (known.Uri.ToString(), known.Zone, known.Record.Weight));
        Assert.Null(some.Catalogue.Find("billing"));

        registry.SetStatus("billing", "b-1", InstanceStatus.OutOfService);
        await registry.SettleAsync();
        Assert.False(all.TryChoose("billing", out _));
        registry.SetStatus("billing", "b-1", null);
        await registry.SettleAsync();
        Assert.True(all.TryChoose("billing", out _));
        registry.Remove("mail", "m-1");
        await registry.SettleAsync();
        Assert.False(some.TryChoose("mail", out _));
    }

    [Fact]
    public void Mistakes_of_a_test_are_said()
    {
        var registry = new InMemoryRegistry();
        Assert.Contains("port 0", Assert.Throws<ArgumentException>(() => registry.Add("billing", "http://10.0.0.1:0")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => registry.Remove("billing", "b-1"));
        Assert.Throws<ArgumentException>(() => registry.SetStatus("billing", "b-1", InstanceStatus.Down));
        Assert.Empty(registry.Instances);
    }

    [Fact]
    public async Task An_application_under_test_registers_and_calls_by_name_without_a_socket_to_a_registry()
    {
        await using var registry = new InMemoryRegistry();
        registry.Add("billing", "http://10.0.0.1:8080");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRollcallClient().AddServer(registry.Server).Register(new SelfOptions { Service = "orders", Id = "o-1" });
        builder.Services.AddHttpClient("by name").AddRollcallDiscovery().ConfigurePrimaryHttpMessageHandler(() => new Recorder());
        await using WebApplication app = builder.Build();
        await app.StartAsync();
        registry.Track(app.Services.GetRequiredService<RollcallClient>());
        await Wait.UntilAsync(() => registry.Find("orders", "o-1")?.Status == InstanceStatus.Up, "the application is up");
        await registry.SettleAsync();
        using HttpClient http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("by name");
        Assert.Equal("http://10.0.0.1:8080/invoices", await http.GetStringAsync(new Uri("http://billing/invoices")));
        await app.StopAsync();
        Assert.Null(registry.Find("orders", "o-1"));
    }

    private sealed class Recorder : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(request.RequestUri!.ToString()) });
    }
}
