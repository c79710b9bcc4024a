using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>The wire over lanes in memory: an adapter with everything but a socket.</summary>
internal sealed class MemoryWire(AccessPolicy policy, WireOptions? options = null, int lanes = 1) : IServerTransport
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _sessions = []; // also its lock
    private WireServer? _server;

    public string Name => "memory-wire";

    public IReadOnlyList<string> Addresses => _server is null ? [] : ["memory://wire"];

    public WireServer Server => _server ?? throw new LinkException(LinkFailure.Unreachable, "The transport is not started.");

    public Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        _server = new WireServer(registry, options ?? new WireOptions(), policy, NullLogger.Instance);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        Task[] sessions;
        lock (_sessions)
        {
            sessions = [.. _sessions];
        }

        await Task.WhenAll(sessions).WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        _server?.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    /// <summary>Connects; the server serves the other end.</summary>
    public ValueTask<WireLink> ConnectAsync(WireLinkOptions? link = null, CancellationToken cancellation = default) =>
        WireLink.ConnectAsync(new Dialer(this, lanes), link ?? new WireLinkOptions(), cancellation);

    /// <summary>The client's end of a lane; its other end is served.</summary>
    public IDuplexPipe Open(Principal? byCertificate = null, PipeScheduler? scheduler = null, int bufferBytes = MemoryLane.BufferBytes) =>
        Open(byCertificate, scheduler, bufferBytes, out _);

    /// <inheritdoc cref="Open(Principal?, PipeScheduler?, int)"/>
    public IDuplexPipe Open(Principal? byCertificate, PipeScheduler? scheduler, int bufferBytes, out Task session)
    {
        var lane = new MemoryLane(scheduler, bufferBytes);
        session = Server.ServeAsync(lane.Server, new LanePeer(Name, "test", byCertificate), _stopping.Token);
        lock (_sessions)
        {
            _sessions.Add(session);
        }

        return lane.Client;
    }

    private sealed class Dialer(MemoryWire wire, int lanes) : IWireDialer
    {
        public string Address => "memory://wire";

        public int Lanes => lanes;

        public ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation) => new(wire.Open());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
