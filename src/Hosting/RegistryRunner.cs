using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;

namespace Rollcall.Hosting;

/// <summary>Gives a registry what its core does not have: transports that listen, and a loop that moves time.</summary>
/// <remarks>
/// <para>Owner: one caller; <see cref="StartAsync"/> once, then <see cref="StopAsync"/> or disposal. Owns its transports.</para>
/// <para>
/// Order: transports start one after another, then time moves; if one cannot start, those before it stop. At the end transports
/// stop first, side by side, so that no lease ends while its owner's renewal is still being answered.
/// </para>
/// <para>Errors: start throws <see cref="TransportStartException"/>. The loop outlives every exception.</para>
/// </remarks>
public sealed class RegistryRunner : IAsyncDisposable
{
    /// <summary>Time that transports have to end requests in flight: two seconds less than the server promises.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly RegistryService _registry;
    private readonly IReadOnlyList<IServerTransport> _transports;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RegistryMeter? _meter;
    private readonly ClusterHost? _cluster;
    private readonly IReadOnlyList<ConfiguredPeer> _peers;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<IServerTransport> _toStop = [];
    private Task _loop = Task.CompletedTask;
    private bool _disposed;

    /// <summary>A runner that has not started yet.</summary>
    /// <param name="registry">Outlives the runner.</param>
    /// <param name="transports">Disposed by the runner.</param>
    /// <param name="time">Wakes the loop; absent: the system's.</param>
    /// <param name="logger">Absent: silence.</param>
    /// <param name="meter">Absent: no histograms.</param>
    /// <param name="cluster">Started behind the transports, stopped before them; disposed by the runner. Absent: the registry stands alone.</param>
    /// <param name="peers">Those of the cluster at its start.</param>
    public RegistryRunner(
        RegistryService registry,
        IReadOnlyList<IServerTransport> transports,
        TimeProvider? time = null,
        ILogger<RegistryRunner>? logger = null,
        RegistryMeter? meter = null,
        ClusterHost? cluster = null,
        IReadOnlyList<ConfiguredPeer>? peers = null
    )
    {
        _registry = registry;
        _transports = transports;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RegistryRunner>.Instance;
        _meter = meter;
        _cluster = cluster;
        _peers = peers ?? [];
    }

    /// <summary>Where the transports listen, with the ports that were bound.</summary>
    public IReadOnlyList<string> Addresses => [.. _transports.SelectMany(transport => transport.Addresses)];

    /// <summary>Starts the transports, then the loop.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        try
        {
            foreach (IServerTransport transport in _transports)
            {
                _toStop.Add(transport);
                await transport.StartAsync(_registry, cancellation);
                _logger.TransportStarted(transport.Name, string.Join(", ", transport.Addresses));
            }
        }
        catch
        {
            await StopTransportsAsync(cancellation);
            throw;
        }

        _loop = AdvanceEveryTickAsync(_ending.Token);
        _cluster?.Start(_peers);
    }

    /// <summary>Stops the transports, then the loop; within <see cref="StopLimit"/>. Safe to call again.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (_cluster is not null)
        {
            await _cluster.DrainAsync();
        }

        // Writes come in until then, and go to the peers that this node has dialled: the links that peers opened end with the transports.
        await StopTransportsAsync(cancellation);
        if (_cluster is not null)
        {
            await _cluster.DrainAsync();
            await _cluster.StopAsync();
        }

        await _ending.CancelAsync();
        await _loop;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await StopAsync();
        foreach (IServerTransport transport in _transports)
        {
            await transport.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _ending.Dispose();
    }

    private async Task StopTransportsAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StopLimit);
        await Task.WhenAll(_toStop.Select(transport => StopTransportAsync(transport, limit.Token)));
        _toStop.Clear();
    }

    private async Task StopTransportAsync(IServerTransport transport, CancellationToken limit)
    {
        try
        {
            // WaitAsync: a transport that does not heed its token must not hold the process.
            await transport.StopAsync(limit).WaitAsync(limit);
            _logger.TransportStopped(transport.Name);
        }
        catch (Exception exception)
        {
            _logger.TransportStopFailed(exception, transport.Name);
        }
    }

    private async Task AdvanceEveryTickAsync(CancellationToken ending)
    {
        using var timer = new PeriodicTimer(_registry.Options.WheelTick, _time);
        var turn = new AdvanceTurn(_registry, _time, _logger, _meter);
        try
        {
            while (await timer.WaitForNextTickAsync(ending))
            {
                timer.Period = turn.Run();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The way a periodic timer ends.
        }
    }
}
