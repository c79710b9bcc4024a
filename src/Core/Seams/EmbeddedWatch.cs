using System.Threading.Channels;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Seams;

/// <summary>One watch of an <see cref="EmbeddedLink"/>: a version, up to which its subscriber has been told all.</summary>
/// <remarks>
/// Owner: one caller at a time. What happens while that caller is busy comes together in the next update; what is too old to be told
/// change by change comes as a snapshot.
/// </remarks>
internal sealed class EmbeddedWatch : IDisposable
{
    // One more version, or several: what is there is read when the subscriber asks.
    private readonly Channel<bool> _published = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly RegistryService _registry;
    private readonly InstanceFilter _filter;
    private readonly Subscription _subscription;
    private ulong? _told; // null: nothing yet

    public EmbeddedWatch(RegistryService registry, InstanceFilter filter, RegistryVersion since)
    {
        _registry = registry;
        _filter = filter;
        _told = registry.HasPublished(since) ? since.Number : null;
        _subscription = registry.Subscribers.Subscribe(filter, _told ?? 0);
        registry.Published += Wake;
    }

    /// <summary>The next update; waits until there is one.</summary>
    public async ValueTask<RegistryUpdate> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Take() is { } update)
            {
                return update;
            }

            await _published.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The subscriber has applied an update.</summary>
    public void Acknowledge(RegistryUpdate update) => _subscription.Acknowledge(update.Version.Number);

    public void Dispose()
    {
        _registry.Published -= Wake;
        _subscription.Dispose();
    }

    private void Wake() => _published.Writer.TryWrite(true);

    private RegistryUpdate? Take()
    {
        DeltaResult? delta = _told is { } told ? _registry.ReadDelta(told) : null;
        if (delta is not { Error: null } changes)
        {
            RegistrySnapshot snapshot = _registry.ReadSnapshot();
            return Tell(RegistryUpdate.Snapshot(VersionOf(snapshot), [.. snapshot.Select(_filter)]));
        }

        InstanceChange[] selected = [.. changes.Changes.Select(Selected).OfType<InstanceChange>()];
        if (selected.Length > 0)
        {
            return Tell(RegistryUpdate.Changed(VersionOf(changes.Snapshot), selected));
        }

        _told = changes.Snapshot.Version;
        return _subscription.Passed(changes.Snapshot.Version) ? Tell(RegistryUpdate.Progress(VersionOf(changes.Snapshot))) : null;
    }

    private RegistryUpdate Tell(RegistryUpdate update)
    {
        _told = update.Version.Number;
        _subscription.Sent(update.Version.Number);
        return update;
    }

    private InstanceChange? Selected(Change change) =>
        _filter.Selects(change.Record) ? InstanceChange.Of(change)
        : change.AddressesDiffer && _filter.SelectsByAddress ? InstanceChange.LeftBy(change)
        : null;

    private RegistryVersion VersionOf(RegistrySnapshot snapshot) => new(_registry.BootEpoch, snapshot.Version);
}
