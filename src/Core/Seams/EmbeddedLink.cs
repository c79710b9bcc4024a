using System.Runtime.CompilerServices;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Seams;

/// <summary>The link without a wire: straight into a registry of this process.</summary>
/// <remarks>What any other link does is compared with this one: it shows what the contract means, at no protocol's expense.</remarks>
public sealed class EmbeddedLink : IRegistryLink
{
    private readonly RegistryService _registry;
    private readonly Principal _principal;
    private readonly TaskCompletionSource<LinkException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>A link for <paramref name="principal"/>.</summary>
    public EmbeddedLink(RegistryService registry, Principal principal)
    {
        _registry = registry;
        _principal = principal;
    }

    /// <inheritdoc/>
    public string Address => "embedded";

    /// <inheritdoc/>
    public Task<LinkException> Closed => _closed.Task;

    /// <inheritdoc/>
    public ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Register, registration.Service, () => _registry.Register(registration, _registry.Now), cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Renew, null, () => _registry.Renew(handle, _registry.Now), cancellation);

    /// <inheritdoc/>
    public ValueTask<int> RenewAsync(
        ReadOnlyMemory<LeaseHandle> handles,
        Memory<int> unknown,
        CancellationToken cancellation = default
    ) => Do(RegistryOperation.Renew, null, () => _registry.Renew(handles.Span, _registry.Now, unknown.Span), cancellation);

    /// <inheritdoc/>
    public ValueTask<RenewOutcome> RenewAsync(
        string service,
        string id,
        long? clientStamp = null,
        CancellationToken cancellation = default
    ) =>
        Do(
            RegistryOperation.Renew,
            service,
            () => _registry.Renew(InstanceKey.Of(service, id), clientStamp, _registry.Now).Outcome,
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Cancel, service, () => _registry.Cancel(InstanceKey.Of(service, id), _registry.Now), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetStatusAsync(
        string service,
        string id,
        InstanceStatus status,
        CancellationToken cancellation = default
    ) =>
        Do(
            RegistryOperation.SetStatus,
            service,
            () => _registry.SetStatus(InstanceKey.Of(service, id), status, _registry.Now),
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default) =>
        Do(RegistryOperation.SetStatus, service, () => _registry.ClearStatus(InstanceKey.Of(service, id), _registry.Now), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    ) =>
        Do(
            RegistryOperation.SetMetadata,
            service,
            () => _registry.SetMetadata(InstanceKey.Of(service, id), pairs, _registry.Now),
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Read, null, () => _registry.Find(InstanceKey.Of(service, id)), cancellation);

    /// <inheritdoc/>
    public ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default) =>
        DoWhole(RegistryOperation.Read, () => SnapshotFor(filter), cancellation);

    /// <inheritdoc/>
    public ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Read, null, () => _registry.Warming is { } warming ? new DeltaRead(warming, null) : Delta(since), cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryUpdate> WatchAsync(
        InstanceFilter filter,
        RegistryVersion since,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await DoWhole(RegistryOperation.Watch, () => true, cancellation).ConfigureAwait(false);
        using var watch = new EmbeddedWatch(_registry, filter, since);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        while (true)
        {
            RegistryUpdate update = await Next(watch, ending.Token, cancellation).ConfigureAwait(false);
            yield return update;
            watch.Acknowledge(update);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default) =>
        Do(RegistryOperation.Read, null, () => _registry.Subscribers.Acknowledged(service), cancellation);

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellation = default) =>
        new(Do(RegistryOperation.Ping, null, () => true, cancellation).AsTask());

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _closed.TrySetResult(new LinkException(LinkFailure.Closed, $"The link to {Address} was disposed of."));
        _closing.Cancel(); // not disposed of: a watch may be about to look at it
        return ValueTask.CompletedTask;
    }

    private async ValueTask<RegistryUpdate> Next(EmbeddedWatch watch, CancellationToken ending, CancellationToken cancellation)
    {
        try
        {
            return await watch.NextAsync(ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw await Closed.ConfigureAwait(false);
        }
    }

    private RegistryUpdate SnapshotFor(InstanceFilter filter)
    {
        RegistrySnapshot snapshot = _registry.ReadSnapshot();
        return RegistryUpdate.Snapshot(new RegistryVersion(_registry.BootEpoch, snapshot.Version), [.. snapshot.Select(filter)]);
    }

    private DeltaRead Delta(RegistryVersion since)
    {
        DeltaResult delta = _registry.ReadDelta(since);
        var version = new RegistryVersion(_registry.BootEpoch, delta.Snapshot.Version);
        return delta.Error is { } error ? new DeltaRead(error, null)
            : delta.Changes.Count == 0 ? new DeltaRead(null, RegistryUpdate.Progress(version))
            : new DeltaRead(null, RegistryUpdate.Changed(version, [.. delta.Changes.Select(change => InstanceChange.Of(change))]));
    }

    // What needs a node that knows the whole.
    private async ValueTask<T> DoWhole<T>(RegistryOperation operation, Func<T> act, CancellationToken cancellation) =>
        await Do(
                operation,
                null,
                () => _registry.Warming is { } warming ? throw new LinkException(LinkFailure.Unavailable, warming.Message) : act(),
                cancellation
            )
            .ConfigureAwait(false);

    // All that keeps a call from being carried out comes as a failed task, never out of the call itself.
    private ValueTask<T> Do<T>(RegistryOperation operation, string? service, Func<T> act, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellation);
        }

        if (Closed.IsCompleted)
        {
            return ValueTask.FromException<T>(new LinkException(LinkFailure.Closed, $"The link to {Address} was disposed of."));
        }

        return _principal.Refuse(operation, service) is { } refusal
            ? ValueTask.FromException<T>(new LinkException(refusal.Failure, refusal.Message))
            : ValueTask.FromResult(act());
    }
}
