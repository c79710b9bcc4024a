using System.Collections.Immutable;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Links;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire;

/// <summary>A link that speaks the wire protocol, over the lanes that a dialer opens.</summary>
/// <remarks>
/// <para>
/// With three lanes renewals and writes have one, reads another, watches the third, so that a snapshot never stands before a
/// heartbeat. With one they share it: the node then sends bulk in portions, with answers in between.
/// </para>
/// <para>Cost: a renewal allocates nothing once it is warm.</para>
/// </remarks>
public sealed class WireLink : IRegistryLink
{
    private readonly IWireDialer _dialer;
    private readonly WireLinkOptions _options;
    private readonly ServiceNames _services = new();
    private readonly TaskCompletionSource<LinkException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<ClientLane> _lanes = []; // those that are open
    private Timer? _watchdog;
    private int _disposed;

    private WireLink(IWireDialer dialer, WireLinkOptions options)
    {
        _dialer = dialer;
        _options = options;
    }

    /// <inheritdoc/>
    public string Address => _dialer.Address;

    /// <inheritdoc/>
    public Task<LinkException> Closed => _closed.Task;

    private ClientLane Writes => _lanes[0];

    private ClientLane Reads => _lanes.Length > 1 ? _lanes[1] : _lanes[0];

    private ClientLane Watches => _lanes[^1];

    /// <summary>Opens all lanes and says hello on each.</summary>
    /// <param name="dialer">Belongs to the link from now on, also if it cannot connect.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="LinkException">The node cannot be reached, does not let the client in, or does not speak as agreed.</exception>
    public static async ValueTask<WireLink> ConnectAsync(IWireDialer dialer, WireLinkOptions options, CancellationToken cancellation = default)
    {
        var link = new WireLink(dialer, options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            for (int lane = 0; lane < dialer.Lanes; lane++)
            {
                await link.OpenAsync(lane, limit.Token).ConfigureAwait(false);
            }

            link.Watch();
            return link;
        }
        catch (Exception e)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new LinkException(
                    LinkFailure.Unreachable,
                    $"{dialer.Address} did not answer within {options.ConnectTimeout.TotalSeconds:0.#} s (WireLinkOptions.ConnectTimeout).",
                    e
                );
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default) =>
        Writes.CallAsync(Requests.Register, registration, cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default) =>
        Writes.CallAsync(Requests.Renew, handle, cancellation);

    /// <inheritdoc/>
    public ValueTask<int> RenewAsync(
        ReadOnlyMemory<LeaseHandle> handles,
        Memory<int> unknown,
        CancellationToken cancellation = default
    ) =>
        handles.Length <= Writes.Node.HandlesPerFrameMax
            ? Writes.CallAsync(Requests.RenewMany, new RenewalsOfFrame(handles, unknown, 0), cancellation)
            : RenewInSeveralAsync(handles, unknown, cancellation);

    /// <inheritdoc/>
    public ValueTask<RenewOutcome> RenewAsync(
        string service,
        string id,
        long? clientStamp = null,
        CancellationToken cancellation = default
    ) => Writes.CallAsync(Requests.RenewByKey, new RenewalByKey(new KeyText(service, id), clientStamp), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default) =>
        Writes.CallAsync(Requests.Cancel, new KeyText(service, id), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetStatusAsync(
        string service,
        string id,
        InstanceStatus status,
        CancellationToken cancellation = default
    ) => Writes.CallAsync(Requests.SetStatus, new StatusToSet(new KeyText(service, id), status), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default) =>
        Writes.CallAsync(Requests.ClearStatus, new KeyText(service, id), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    ) => Writes.CallAsync(Requests.SetMetadata, new PairsToSet(new KeyText(service, id), pairs), cancellation);

    /// <inheritdoc/>
    public ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default) =>
        Reads.CallAsync(Requests.Find, new KeyText(service, id), cancellation);

    /// <inheritdoc/>
    public ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default) =>
        Reads.CallAsync(Requests.ReadSnapshot, filter, cancellation);

    /// <inheritdoc/>
    public ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default) =>
        Reads.CallAsync(Requests.ReadDelta, since, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<RegistryUpdate> WatchAsync(
        InstanceFilter filter,
        RegistryVersion since,
        CancellationToken cancellation = default
    ) => WatchFeed.WatchAsync(Watches, filter, since, cancellation);

    /// <inheritdoc/>
    public ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default) =>
        Reads.CallAsync(Requests.ReadAcknowledged, service, cancellation);

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellation = default) =>
        await Writes.CallAsync(Requests.Ping, default, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _watchdog?.Dispose();
        Break(new LinkException(LinkFailure.Closed, $"The link to {Address} was disposed of."));
        foreach (ClientLane lane in _lanes)
        {
            await lane.CloseAsync().ConfigureAwait(false);
        }

        await _dialer.DisposeAsync().ConfigureAwait(false);
    }

    private static LaneRole RoleOf(int lane, int lanes) => lanes == 1 ? LaneRole.All : (LaneRole)((int)LaneRole.Writes + lane);

    private async ValueTask OpenAsync(int number, CancellationToken cancellation)
    {
        var lane = new ClientLane(
            await _dialer.OpenLaneAsync(number, cancellation).ConfigureAwait(false),
            Address,
            _options,
            _services,
            Break
        );
        _lanes = _lanes.Add(lane);
        WireCredentials shown = _options.Credentials;
        var hello = new HelloRequest(
            WireVersion.Major,
            WireVersion.Minor,
            _options.AcceptPacked ? Packings.Supported : PackingSet.None,
            RoleOf(number, _dialer.Lanes),
            _options.Name,
            shown.Kind,
            shown.User,
            shown.Secret
        );
        await lane.GreetAsync(hello, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<int> RenewInSeveralAsync(
        ReadOnlyMemory<LeaseHandle> handles,
        Memory<int> unknown,
        CancellationToken cancellation
    )
    {
        int most = (int)Writes.Node.HandlesPerFrameMax;
        int count = 0;
        for (int at = 0; at < handles.Length; at += most)
        {
            ReadOnlyMemory<LeaseHandle> part = handles[at..Math.Min(at + most, handles.Length)];
            var renewals = new RenewalsOfFrame(part, unknown[count..], at);
            count += await Writes.CallAsync(Requests.RenewMany, renewals, cancellation).ConfigureAwait(false);
        }

        return count;
    }

    private void Break(LinkException reason)
    {
        if (_closed.TrySetResult(reason))
        {
            foreach (ClientLane lane in _lanes)
            {
                lane.Break(reason.Failure, reason.Message);
            }
        }
    }

    // Says something in time, so that the node does not take the client for gone, and notices if the node is.
    private void Watch()
    {
        TimeSpan idle = TimeSpan.FromMilliseconds(_lanes.Min(lane => lane.Node.IdleTimeoutMs));
        TimeSpan every = (idle < _options.SilenceMax ? idle : _options.SilenceMax) / 3;
        _watchdog = new Timer(_ => LookAfterLanes(), null, every, every);
    }

    private void LookAfterLanes()
    {
        foreach (ClientLane lane in _lanes)
        {
            if (lane.SilentMs > _options.SilenceMax.TotalMilliseconds)
            {
                lane.Break(LinkFailure.Closed, $"{Address} sent nothing for {lane.SilentMs / 1000} s (WireLinkOptions.SilenceMax).");
            }
            else if (!_closed.Task.IsCompleted)
            {
                _ = PingAsync(lane);
            }
        }
    }

    private static async Task PingAsync(ClientLane lane)
    {
        try
        {
            await lane.CallAsync(Requests.Ping, default, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LinkException)
        {
            // Told by Closed.
        }
    }
}
