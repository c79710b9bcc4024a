using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Client;
using Rollcall.Client.AspNetCore;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;

namespace Rollcall.Interop.Tests.Links;

/// <summary>An application with a real Kestrel and a client, whose registry is one or several real server processes.</summary>
internal sealed class ClientLife : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ServerProcess[] _servers;
    private readonly string _scheme;

    public ClientLife(string scheme, params ServerProcess[] servers)
    {
        _scheme = scheme;
        _servers = servers;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Rollcall:Client:RetryMax"] = "1s";
        builder.Configuration["Rollcall:Client:Servers"] = string.Join(',', servers.Select(AddressOf));
        builder.Configuration["Rollcall:Client:Self:Service"] = "orders";
        builder.Configuration["Rollcall:Client:Self:Id"] = "me";
        builder
            .Services.AddRollcallClient(builder.Configuration.GetSection("Rollcall:Client"))
            .AddLink("tcp", TcpLink.OpenAsync)
            .AddLink("http", HttpLink.OpenAsync)
            .AddLink("quic", QuicLink.OpenAsync);
        // What an application does to all its HTTP clients must not reach the registry's links.
        builder.Services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler(() => new RefusingHandler()));
        _application = builder.Build();
    }

    public RollcallClient Client => _application.Services.GetRequiredService<RollcallClient>();

    public Task StartAsync() => _application.StartAsync();

    /// <summary>Stops the application; how long that took.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        long began = Stopwatch.GetTimestamp();
        await _application.StopAsync();
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Waits until one of the servers that live holds the application as up, on the port that it has bound.</summary>
    public Task IsUpAsync(params ServerProcess[] living) =>
        Wait.UntilAsync(
            async () =>
            {
                foreach (ServerProcess server in living)
                {
                    if (await FindAsync(server) is { Status: InstanceStatus.Up } found && found.Port == new Uri(_application.Urls.Single()).Port)
                    {
                        return true;
                    }
                }

                return false;
            },
            () => $"ORDERS/me is up over {_scheme}; the client says {Client.RegisteredStatus} at {Client.Server}"
        );

    /// <summary>Waits until the client knows so many instances of a service.</summary>
    public Task KnowsAsync(string service, int count) =>
        Wait.UntilAsync(
            () => Task.FromResult(Client.Catalogue.Find(service)?.UpCount == count),
            () => $"{count} instances of {service}; there are {Client.Catalogue.Find(service)?.UpCount}"
        );

    /// <summary>The application as a server holds it; null: it does not.</summary>
    public async Task<Instance?> FindAsync(ServerProcess server)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, _scheme);
        return await link.FindAsync("orders", "me");
    }

    /// <summary>The server that the client uses now.</summary>
    public ServerProcess Used => _servers.Single(server => AddressOf(server) == Client.Server);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private string AddressOf(ServerProcess server) => server.AddressOf(_scheme).GetLeftPart(UriPartial.Authority);

    private sealed class RefusingHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"{request.RequestUri} went through the application's handlers.");
    }
}
