using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.HttpServer.Native;

namespace Rollcall.Transports.HttpServer.Watching;

/// <summary>One subscriber: a version, up to which it has been sent all that its filter selects.</summary>
/// <remarks>
/// <para>Owner: the exchange it lives in, one call at a time; waking and acknowledging from any thread.</para>
/// <para>It has no queue: what happens while it is busy is read together when it asks again, out of the bytes that all share.</para>
/// </remarks>
internal sealed class Watcher : IDisposable
{
    /// <summary>Most bytes of changes sent at once: what a slow reader holds, and how long the next look takes to come.</summary>
    private const int BatchBytesMax = 65_536;

    private readonly RegistryService _registry;
    private readonly NativeDocuments _documents;
    private readonly WatchHub _hub;
    private readonly Subscription _subscription;
    private readonly WakeUp _wakeUp = new();
    private ulong? _told; // null: nothing yet
    private ulong _passed;

    /// <param name="registry">Whose changes.</param>
    /// <param name="documents">Their bytes.</param>
    /// <param name="hub">Wakes it.</param>
    /// <param name="filter">What it follows.</param>
    /// <param name="since">The version that its copy has; of another boot it is none.</param>
    public Watcher(RegistryService registry, NativeDocuments documents, WatchHub hub, InstanceFilter filter, RegistryVersion since)
    {
        (_registry, _documents, _hub) = (registry, documents, hub);
        _told = registry.HasPublished(since) ? since.Number : null;
        _passed = _told ?? 0;
        _subscription = registry.Subscribers.Subscribe(filter, _told ?? 0);
    }

    /// <summary>The subscription, as the subscriber knows it. Whoever knows it may acknowledge.</summary>
    public string Name { get; } = WatchHub.NewName();

    public InstanceFilter Filter => _subscription.Filter;

    /// <summary>The version up to which nothing is left to be told.</summary>
    public RegistryVersion Version => new(_registry.BootEpoch, _passed);

    /// <summary>True if the version has moved since the subscriber was told one, though nothing that it follows has.</summary>
    public bool HasMoved => _told != _passed;

    /// <summary>What is to be sent next, if anything is; it then counts as sent.</summary>
    /// <param name="changes">Receives the bytes of changes.</param>
    public WatchStep Next(List<ReadOnlyMemory<byte>> changes)
    {
        if (_told is null)
        {
            return NextSnapshot();
        }

        ChangeRead read = _documents.Changes.Read(_passed, Filter, BatchBytesMax, changes);
        if (read.TooFarBehind)
        {
            return NextSnapshot();
        }

        _passed = read.Reached;
        if (read.Count > 0)
        {
            Tell();
            return new WatchStep(UpdateKind.Changes, null);
        }

        if (_subscription.Passed(_passed))
        {
            Tell();
            return new WatchStep(UpdateKind.Progress, null);
        }

        return default;
    }

    /// <summary>Tells the version that nothing is left to be told of.</summary>
    public void Tell()
    {
        _told = _passed;
        _subscription.Sent(_passed);
    }

    /// <summary>The subscriber says that it has applied a version; false of one that is not there.</summary>
    public bool TryAcknowledge(RegistryVersion version)
    {
        if (!_registry.HasPublished(version))
        {
            return false;
        }

        _subscription.Acknowledge(version.Number);
        return true;
    }

    /// <summary>Waits for a new version, or for the end of the server or of <paramref name="aborted"/>; not longer than <paramref name="atMost"/>.</summary>
    public ValueTask WaitAsync(TimeSpan atMost, CancellationToken aborted) =>
        _wakeUp.SleepAsync(
            atMost,
            (this, aborted),
            static waiter =>
                waiter.aborted.IsCancellationRequested || waiter.Item1._hub.IsStopping || waiter.Item1._registry.ReadSnapshot().Version > waiter.Item1._passed
        );

    public void Wake() => _wakeUp.Wake();

    public void Dispose()
    {
        _hub.Remove(this);
        _subscription.Dispose();
        _wakeUp.Dispose();
    }

    private WatchStep NextSnapshot()
    {
        RegistrySnapshot snapshot = _registry.ReadSnapshot();
        _passed = snapshot.Version;
        Tell();
        return new WatchStep(UpdateKind.Snapshot, snapshot);
    }
}

/// <summary>What a watcher is to be sent.</summary>
/// <param name="Kind">Null: nothing.</param>
/// <param name="Snapshot">Of a snapshot: which.</param>
internal readonly record struct WatchStep(UpdateKind? Kind, RegistrySnapshot? Snapshot);
