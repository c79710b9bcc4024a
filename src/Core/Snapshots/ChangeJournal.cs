using Rollcall.Core.Model;

namespace Rollcall.Core.Snapshots;

/// <summary>What is remembered of the past: the latest changes by version, and the last of each cause people ask about.</summary>
/// <remarks>
/// <para>Owner: <see cref="SnapshotPublisher"/> appends, in order of version; anyone reads.</para>
/// <para>Cost: appending O(1), 0 bytes; reading O(changes read).</para>
/// </remarks>
internal sealed class ChangeJournal(RegistryOptions options)
{
    private readonly ChangeRing _ring = new(options.ChangeRingCapacity);
    private readonly HistoryRing _registered = new(options.HistoryCapacity);
    private readonly HistoryRing _cancelled = new(options.HistoryCapacity);
    private readonly HistoryRing _expired = new(options.HistoryCapacity);

    public RegistryHistory History => new(_registered.Read(), _cancelled.Read(), _expired.Read());

    /// <summary>The change that made <paramref name="version"/>; false if it is not kept any more, or not yet there.</summary>
    public bool TryRead(ulong version, out Change change) => _ring.TryRead(version, out change);

    public void Append(ReadOnlySpan<Change> changes)
    {
        foreach (ref readonly Change change in changes)
        {
            _ring.Append(change);
            HistoryOf(change.Cause)?.Append(change);
        }
    }

    /// <summary>Every change after <paramref name="since"/> up to <paramref name="snapshot"/>, in order, or the word that they are not kept any more.</summary>
    public DeltaResult Since(ulong since, RegistrySnapshot snapshot)
    {
        if (since > snapshot.Version || since < OldestSince(snapshot))
        {
            return new DeltaResult(Behind(since, snapshot), snapshot, []);
        }

        var changes = new Change[snapshot.Version - since];
        for (int i = 0; i < changes.Length; i++)
        {
            ulong version = since + 1 + (ulong)i;
            if (!_ring.TryRead(version, out changes[i]))
            {
                return new DeltaResult(RegistryError.Behind(since, version, snapshot.Version), snapshot, []); // overwritten meanwhile
            }
        }

        return new DeltaResult(null, snapshot, changes);
    }

    /// <summary>The word that changes after <paramref name="since"/> are not kept any more.</summary>
    public RegistryError Behind(ulong since, RegistrySnapshot snapshot) =>
        RegistryError.Behind(since, OldestSince(snapshot), snapshot.Version);

    /// <summary>
    /// The latest change of each instance from <paramref name="from"/> up to <paramref name="snapshot"/>, by service, in it what is
    /// there before what is gone, then by id; null if some of them are not kept any more.
    /// </summary>
    /// <remarks>
    /// Eureka's Java client takes a service that it does not know over from the delta as it stands, removed instances included: only
    /// removals that it reads afterwards go again.
    /// </remarks>
    public IReadOnlyList<Change>? LatestSince(MonotonicTime from, RegistrySnapshot snapshot)
    {
        var latest = new SortedDictionary<Instance, Change>(Comparer<Instance>.Create(SnapshotTree.Compare));
        for (ulong version = snapshot.Version; version > 0; version--)
        {
            if (!_ring.TryRead(version, out Change change))
            {
                return null;
            }

            if (change.At < from)
            {
                break;
            }

            latest.TryAdd(change.Record, change);
        }

        // A stable sort: the order by id stays.
        var byService = Comparer<ServiceName>.Create((left, right) => left.CompareTo(right));
        return [.. latest.Values.OrderBy(change => change.Record.Service, byService).ThenBy(change => change.Kind == ChangeKind.Removed)];
    }

    /// <summary>What is known of one instance, oldest first.</summary>
    /// <param name="key">Service and id.</param>
    /// <param name="upTo">The version to look back from.</param>
    /// <param name="oldest">The oldest change that is remembered of any instance; null if all since the start are.</param>
    public IReadOnlyList<Change> EventsOf(InstanceKey key, ulong upTo, out Change? oldest)
    {
        var events = new SortedDictionary<ulong, Change>();
        oldest = null;
        ulong version = upTo;
        for (; version > 0 && _ring.TryRead(version, out Change change); version--)
        {
            oldest = change;
            AddIfOf(key, change, events);
        }

        if (version == 0)
        {
            oldest = null;
        }

        foreach (HistoryRing history in (HistoryRing[])[_registered, _cancelled, _expired])
        {
            foreach (Change change in history.Read())
            {
                AddIfOf(key, change, events);
            }
        }

        return [.. events.Values];
    }

    private ulong OldestSince(RegistrySnapshot snapshot) =>
        snapshot.Version - Math.Min(snapshot.Version, (ulong)options.ChangeRingCapacity);

    private static void AddIfOf(InstanceKey key, in Change change, SortedDictionary<ulong, Change> events)
    {
        if (change.Record.Is(key))
        {
            events[change.Version] = change;
        }
    }

    private HistoryRing? HistoryOf(ChangeCause cause) =>
        cause switch
        {
            ChangeCause.Registered => _registered,
            ChangeCause.Cancelled => _cancelled,
            ChangeCause.Expired or ChangeCause.ExpiredAfterGuard => _expired,
            _ => null,
        };
}
