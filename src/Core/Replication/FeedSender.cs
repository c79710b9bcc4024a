using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>This node's changes on their way to one peer: a cursor into the ring of changes, and what is under way.</summary>
/// <remarks>
/// <para>Owner: one <see cref="PeerSession"/>.</para>
/// <para>
/// The ring is the queue. The first change to an idle peer goes at once; while a batch is under way others wait for more, up to
/// <see cref="ClusterOptions.BatchDelay"/>. A batch carries the state of each key as it is now: what changed often before that goes once,
/// in however many batches the rest of it goes.
/// </para>
/// <para>
/// I1: batches follow each other: each begins where the one before ended. I2: at most
/// <see cref="ClusterOptions.BatchesInFlightMax"/> are under way. A cursor that has fallen off the ring is set to the present, and
/// the peer told to repair: nothing grows with how far a peer is behind.
/// </para>
/// </remarks>
internal sealed class FeedSender(RegistryService registry, ClusterOptions options, ushort link)
{
    // Up to here all changes since the boot are sent rather than compared.
    private const ulong ReplayMax = 1_024;

    // A peer is told of versions without a change for it this often: a resumed link finds its place in the ring.
    private static readonly TimeSpan s_progressPeriod = TimeSpan.FromSeconds(1);

    // A batch that is due and not taken: the link is full, and taking is tried when it is not. This is only in case.
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    private readonly Queue<(ulong To, MonotonicTime SentAt)> _underWay = new();

    // Per key up to which version its changes are in what was sent. Empty when there is no backlog; never more than the ring has changes.
    private readonly Dictionary<Instance, ulong> _saidUpTo = new(SameKey.Comparer);
    private bool _started;
    private bool _confirm; // a first batch is due, also an empty one
    private bool _reset; // until the peer has acknowledged it
    private ulong _resetTo;
    private ulong _scanned; // changes up to here are in a batch, or not for this peer
    private ulong _sent; // end of the last batch
    private ulong _acknowledged;
    private MonotonicTime _lastSent;
    private MonotonicTime _rewound;

    /// <summary>Versions that the peer has not acknowledged.</summary>
    public ulong Lag => _started ? registry.ReadSnapshot().Version - Math.Min(_acknowledged, registry.ReadSnapshot().Version) : 0;

    /// <summary>True while a change is for the peer that it has not acknowledged.</summary>
    public bool Owes => _started && (_underWay.Count > 0 || _scanned < registry.ReadSnapshot().Version);

    /// <summary>Batches not acknowledged.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Batches sent, those sent again counted again.</summary>
    public long BatchesSent { get; private set; }

    /// <summary>How long ago the oldest change that the peer has not acknowledged came to be; of one that is not kept any more: since it was sent.</summary>
    public TimeSpan Behind(MonotonicTime now)
    {
        if (Lag == 0)
        {
            return TimeSpan.Zero;
        }

        return registry.TryReadChange(_acknowledged + 1, out Change change)
            ? TimeSpan.FromMilliseconds(Math.Max(0, registry.WallMs(now) - change.AtMs))
            : now - _lastSent;
    }

    /// <summary>The peer wants the changes after <paramref name="since"/>.</summary>
    public void Start(RegistryVersion since)
    {
        ulong current = registry.ReadSnapshot().Version;
        bool known = registry.HasPublished(since);
        ulong from = known ? since.Number : 0;
        _started = true;
        _confirm = true;
        _underWay.Clear();
        _saidUpTo.Clear();
        _reset = !known && current > ReplayMax;
        _scanned = _sent = _acknowledged = from;
    }

    /// <summary>The peer has applied changes, or is missing some.</summary>
    public void Acknowledge(ulong applied, bool gap, MonotonicTime now)
    {
        if (!_started || applied < _acknowledged || applied > registry.ReadSnapshot().Version)
        {
            return;
        }

        // More than was sent since the start: the peer asked twice, and had the answer to its first question meanwhile.
        _acknowledged = applied;
        _sent = Math.Max(_sent, applied);
        _scanned = Math.Max(_scanned, applied);
        _reset = _reset && applied < _resetTo;
        while (_underWay.TryPeek(out (ulong To, MonotonicTime SentAt) batch) && batch.To <= applied)
        {
            _underWay.Dequeue();
        }

        if (gap && now - _rewound >= options.BatchDelay)
        {
            Rewind(now);
        }
    }

    /// <summary>Sends again what was lost. Returns when to ask again.</summary>
    public MonotonicTime Tick(MonotonicTime now)
    {
        if (_underWay.TryPeek(out (ulong To, MonotonicTime SentAt) oldest) && now - oldest.SentAt >= options.ResendAfter)
        {
            Rewind(now);
        }

        bool waiting = _started && _scanned < registry.ReadSnapshot().Version && _underWay.Count < options.BatchesInFlightMax;
        return waiting ? MonotonicTime.Later(_lastSent + options.BatchDelay, now + s_retry)
            : _underWay.TryPeek(out oldest) ? oldest.SentAt + options.ResendAfter
            : _scanned > _sent ? _lastSent + s_progressPeriod
            : now + s_progressPeriod;
    }

    /// <summary>The next batch, if one is to go now.</summary>
    public FeedBatch? Take(MonotonicTime now)
    {
        bool full = _underWay.Count >= options.BatchesInFlightMax && !options.Faults.HasFlag(PlantedFaults.WindowIgnored);
        if (!_started || full)
        {
            return null;
        }

        ulong current = registry.ReadSnapshot().Version;
        if (_reset)
        {
            return _underWay.Count > 0 ? null : Reset(current, now);
        }

        bool few = current - _scanned < (ulong)options.BatchChangesMax;
        if (_underWay.Count > 0 && few && now < _lastSent + options.BatchDelay)
        {
            return null;
        }

        var batch = new StateBatch(options);
        if (!Collect(current, batch, now))
        {
            return Reset(current, now);
        }

        bool progress = _confirm || (_scanned > _sent && now - _lastSent >= s_progressPeriod);
        return batch.States.Count > 0 || progress ? Send(batch.States, now) : null;
    }

    private FeedBatch Reset(ulong current, MonotonicTime now)
    {
        _reset = true;
        _resetTo = _scanned = current;
        _underWay.Clear();
        _saidUpTo.Clear();
        return Send([], now);
    }

    private FeedBatch Send(IReadOnlyList<KeyedState> states, MonotonicTime now)
    {
        _confirm = false;
        BatchesSent++;
        var batch = new FeedBatch(registry.BootEpoch, _sent, _scanned, _reset, states);
        _sent = _scanned;
        _underWay.Enqueue((_sent, now));
        _lastSent = now;
        return batch;
    }

    // False: changes have been overwritten. A full batch still takes along what needs no place in it.
    private bool Collect(ulong current, StateBatch batch, MonotonicTime now)
    {
        while (_scanned < current)
        {
            if (!registry.TryReadChange(_scanned + 1, out Change change))
            {
                return false;
            }

            bool news = change.Via != link && !(_saidUpTo.TryGetValue(change.Record, out ulong upTo) && _scanned < upTo);
            if (news && batch.IsFull)
            {
                break;
            }

            _scanned++;
            if (news)
            {
                batch.Add(StateNow(change, current, now));
            }
        }

        if (_scanned == current || _saidUpTo.Count >= registry.Options.ChangeRingCapacity)
        {
            _saidUpTo.Clear();
        }

        return true;
    }

    private KeyedState StateNow(in Change change, ulong current, MonotonicTime now)
    {
        KeyedState state = registry.Replica!.KeyedStateOf(change.Record, now);
        if (state.State.Content.Revision == default)
        {
            return state with { State = new KeyState(new Content(change.Revision, null, change.Cause), null, default) }; // its end was forgotten
        }

        _saidUpTo[change.Record] = current;
        return state;
    }

    private void Rewind(MonotonicTime now)
    {
        _underWay.Clear();
        _saidUpTo.Clear();
        _scanned = _sent = _acknowledged;
        _rewound = now;
        _lastSent = now - options.BatchDelay;
    }
}
