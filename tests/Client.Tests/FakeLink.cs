using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;

namespace Rollcall.Client.Tests;

/// <summary>A link into a registry of this process, of which a test can spoil a part.</summary>
internal sealed class FakeLink(RegistryService registry, string address = "fake://node") : IRegistryLink
{
    private readonly EmbeddedLink _inner = new(registry, Principal.Anyone);
    private readonly List<RegistryVersion> _watchedFrom = [];

    /// <summary>In place of an answer to a ping.</summary>
    public Func<CancellationToken, ValueTask>? OnPing { get; init; }

    /// <summary>In place of the updates of a watch.</summary>
    public Func<CancellationToken, IAsyncEnumerable<RegistryUpdate>>? OnWatch { get; init; }

    /// <summary>Told of each registration, renewal and cancellation before it is carried out.</summary>
    public Action<string>? Heard { get; init; }

    /// <summary>How often it was pinged.</summary>
    public int Pings { get; private set; }

    /// <summary>The versions that watches began from.</summary>
    public IReadOnlyList<RegistryVersion> WatchedFrom => _watchedFrom;

    public bool IsDisposed => Closed.IsCompleted;

    public string Address => address;

    public Task<LinkException> Closed => _inner.Closed;

    public ValueTask PingAsync(CancellationToken cancellation = default)
    {
        Pings++;
        return OnPing is null ? _inner.PingAsync(cancellation) : OnPing(cancellation);
    }

    public IAsyncEnumerable<RegistryUpdate> WatchAsync(
        InstanceFilter filter,
        RegistryVersion since,
        CancellationToken cancellation = default
    )
    {
        _watchedFrom.Add(since);
        return OnWatch is null ? _inner.WatchAsync(filter, since, cancellation) : OnWatch(cancellation);
    }

    /// <summary>The connection is gone.</summary>
    public void Lose() => _inner.DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    public ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default)
    {
        Heard?.Invoke($"Register {registration.Status}");
        return _inner.RegisterAsync(registration, cancellation);
    }

    public ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default)
    {
        Heard?.Invoke("Renew");
        return _inner.RenewAsync(handle, cancellation);
    }

    public ValueTask<int> RenewAsync(
        ReadOnlyMemory<LeaseHandle> handles,
        Memory<int> unknown,
        CancellationToken cancellation = default
    ) => _inner.RenewAsync(handles, unknown, cancellation);

    public ValueTask<RenewOutcome> RenewAsync(
        string service,
        string id,
        long? clientStamp = null,
        CancellationToken cancellation = default
    )
    {
        Heard?.Invoke("Renew by key");
        return _inner.RenewAsync(service, id, clientStamp, cancellation);
    }

    public ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default)
    {
        Heard?.Invoke("Cancel");
        return _inner.CancelAsync(service, id, cancellation);
    }

    public ValueTask<WriteResult> SetStatusAsync(
        string service,
        string id,
        InstanceStatus status,
        CancellationToken cancellation = default
    ) => _inner.SetStatusAsync(service, id, status, cancellation);

    public ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default) =>
        _inner.ClearStatusAsync(service, id, cancellation);

    public ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    ) => _inner.SetMetadataAsync(service, id, pairs, cancellation);

    public ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default) =>
        _inner.FindAsync(service, id, cancellation);

    public ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default) =>
        _inner.ReadAsync(filter, cancellation);

    public ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default) =>
        _inner.ReadDeltaAsync(since, cancellation);

    public ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default) =>
        _inner.ReadAcknowledgedAsync(service, cancellation);
}
