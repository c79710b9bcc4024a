using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Servers;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Interop.Tests.Links;

/// <summary>The README's application, with a real Kestrel and a real server over TCP: it is registered, calls itself by name, and leaves.</summary>
public sealed class ApplicationTests
{
    [Fact]
    public async Task The_application_of_the_README_registers_calls_by_name_and_leaves()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        int port = server.AddressOf("tcp").Port;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // readme:begin
        var registry = new RegistryServer(
            $"tcp://127.0.0.1:{port}",
            async stop => await WireLink.ConnectAsync(new TcpDialer(new() { Host = "127.0.0.1", Port = port }), new(), stop)
        );
        builder.Services.AddRollcallClient().AddServer(registry).Register(new() { Service = "orders" }).AddHealthCheck();
        builder.Services.AddHttpClient("by name").AddRollcallDiscovery(); // http://billing/invoices goes to an instance of billing
        // readme:end

        await using WebApplication app = builder.Build();
        app.MapGet("/hello", () => "hello");
        await app.StartAsync();
        var client = app.Services.GetRequiredService<Client.RollcallClient>();
        await Wait.UntilAsync(() => Task.FromResult(client.Catalogue.Find("orders")?.UpCount == 1), () => "the application finds itself");
        using HttpClient http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("by name");
        Assert.Equal("hello", await http.GetStringAsync(new Uri("http://orders/hello")));
        await app.StopAsync();
        await using var link = await Dial.OpenAsync(server, "tcp");
        Assert.Empty((await link.ReadAsync(Core.Watching.InstanceFilter.All)).Instances);
    }
}
