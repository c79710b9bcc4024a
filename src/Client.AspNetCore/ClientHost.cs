using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Core.Model;

namespace Rollcall.Client.AspNetCore;

/// <summary>Ties a client to the life of the application.</summary>
/// <remarks>
/// Order: follows the registry when the host starts; registers when the server has bound its addresses and everything has started;
/// announces, drains and cancels when the host begins to stop, before the server stops taking requests.
/// </remarks>
internal sealed class ClientHost(
    RollcallClient client,
    RollcallClientSettings settings,
    ILogger logger,
    IServer? server,
    HealthCheckService? health
) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _watchingHealth = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Client.Enabled && settings.ImportNote is { } note)
        {
            logger.Imported(note);
        }

        return client.StartAsync(cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!settings.Client.Enabled || settings.Self is not { } self)
        {
            return;
        }

        ICollection<string> bound = server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        (Registration? registration, string reason) = SelfAddress.Choose(
            self,
            bound,
            self.Address is null ? await RouteProbe.LocalAddressAsync(settings.AllServers([]), cancellationToken) : null,
            Environment.MachineName
        );
        if (registration is null)
        {
            logger.NothingToRegister(reason);
            return;
        }

        logger.AddressChosen(reason);
        await client.RegisterAsync(registration, cancellationToken);
        client.Started();
        _watchingHealth = WatchHealthAsync(self.HealthInterval);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watchingHealth;
        await client.StopAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync(); // a host that failed to start is never told to stop
        await _watchingHealth;
        _stopping.Dispose();
    }

    private async Task WatchHealthAsync(TimeSpan interval)
    {
        if (health is null)
        {
            client.SetHealth(true); // nobody has anything to say against it
            return;
        }

        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                await CheckHealthAsync(health);
            } while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task CheckHealthAsync(HealthCheckService checks)
    {
        try
        {
            // Not the client's own: a registry that is away does not make the application ill.
            HealthReport report = await checks.CheckHealthAsync(check => !check.Tags.Contains(RegistryHealthCheck.Tag), _stopping.Token);
            client.SetHealth(report.Status != HealthStatus.Unhealthy);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            logger.HealthFailed(problem);
        }
    }
}
