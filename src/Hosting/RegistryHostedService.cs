using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rollcall.Hosting;

/// <summary>Starts and stops the registry with the application.</summary>
internal sealed class RegistryHostedService(RegistryRunner runner, ILogger<RegistryRunner> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await runner.StartAsync(cancellationToken);
        string where = runner.Addresses.Count == 0 ? "inside this process only" : string.Join(", ", runner.Addresses);
        logger.Ready(Stopwatch.GetElapsedTime(started).TotalSeconds, where);
    }

    public Task StopAsync(CancellationToken cancellationToken) => runner.StopAsync(cancellationToken);
}
