using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>An instance in this process: a Kestrel that answers as the test says, registered under a name.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Backend(WebApplication application) => _application = application;

    public int Port => new Uri(_application.Urls.Single()).Port;

    public static async Task<Backend> StartAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        application.UseWebSockets();
        application.Run(answer);
        await application.StartAsync();
        return new Backend(application);
    }

    /// <summary>What it is registered as.</summary>
    public Registration As(string service, string id, string? zone = null) =>
        new()
        {
            Service = service,
            Id = id,
            HostName = "127.0.0.1",
            Address = "127.0.0.1",
            Port = Port,
            PortEnabled = true,
            Zone = zone,
            LeaseDuration = TimeSpan.FromMinutes(10), // nobody renews it
        };

    /// <summary>Registers it.</summary>
    public async Task RegisterAsync(IRegistryLink link, string service, string id, string? zone = null) =>
        Assert.Null((await link.RegisterAsync(As(service, id, zone))).Error);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
