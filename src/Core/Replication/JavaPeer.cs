using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>One Java server: what it is to be told next, and what its answers mean here.</summary>
/// <remarks>
/// <para>Owner: <see cref="JavaMesh"/>, under its lock.</para>
/// <para>
/// As to a peer of the own cluster, the ring of changes is the queue, and a cursor all that a server costs that takes nothing. A change to
/// an idle server goes at once, then batches go every <see cref="BatchDelay"/>, or when <see cref="BatchItemsMax"/> wait. A server that has
/// fallen off the ring is told of every lease whose home is here, and asks for those that it does not know.
/// </para>
/// <para>
/// Renewals that cannot be told are dropped when the next of the same lease comes: each server counts its leases itself, and asks for what
/// it has lost.
/// </para>
/// <para>Source: Netflix's PeerEurekaNode, ReplicationTaskProcessor and AcceptorExecutor: limits, waits and reactions are theirs.</para>
/// </remarks>
public sealed class JavaPeer
{
    /// <summary>Most items in a batch.</summary>
    public const int BatchItemsMax = 250;

    /// <summary>A batch has no further item when the records in it have this much text: escaped sixfold it still fits the 8 MiB that a
    /// server of ours takes.</summary>
    public const int BatchTextBytesMax = 1024 * 1024;

    /// <summary>Batches follow each other after this, or sooner when they are full.</summary>
    public static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(500);

    // First pauses after a failure; each further one is twice as long, up to the longest.
    private static readonly TimeSpan s_unreachablePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_busyPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    // Java's stamps are its clients' clocks: one that is further ahead says nothing about which record is newer.
    private static readonly TimeSpan s_stampAheadMax = TimeSpan.FromMinutes(5);

    private readonly JavaMesh _mesh;
    private readonly Queue<uint> _renewed = new();
    private readonly HashSet<uint> _renewedSet = [];
    private readonly HashSet<uint> _justRegistered = []; // told whole since renewals were handed out: their leases there are new
    private readonly Queue<Instance> _wanted = new();
    private JavaBatch? _batch; // under way
    private bool _copying;
    private ulong _acknowledged; // changes up to here have been told, or are none for Java's servers
    private MonotonicTime _nextBatch; // unless that is full
    private MonotonicTime _notBefore;
    private int _failures;
    private MonotonicTime _copyNotBefore; // apart: who gives no copy may well take batches
    private int _copyFailures;
    private MonotonicTime _answeredAt;

    internal JavaPeer(JavaMesh mesh, PeerContact contact, MonotonicTime now)
    {
        _mesh = mesh;
        Contact = contact;
        Path = new PeerPath(contact.Address);
        _answeredAt = now;
    }

    /// <summary>Where it is, and what came of reaching it.</summary>
    public PeerContact Contact { get; }

    /// <summary>What has gone over: bodies, as they are unpacked. Who makes the calls counts.</summary>
    public PeerPath Path { get; }

    /// <summary>What has gone over and come back, since the start.</summary>
    public JavaPeerCounts Counts { get; private set; }

    /// <summary>Changes that it has not been told.</summary>
    public ulong Lag
    {
        get
        {
            lock (_mesh.Gate)
            {
                return Registry.ReadSnapshot().Version - _acknowledged;
            }
        }
    }

    private RegistryService Registry => _mesh.Registry;

    /// <summary>How far it has been told.</summary>
    /// <remarks>Owed are changes it has not been told, some of which may be none for Java's servers, and records that it has asked for.</remarks>
    public PeerProgress Progress(MonotonicTime now)
    {
        lock (_mesh.Gate)
        {
            ulong owed = Lag + (ulong)(_wanted.Count + (_batch?.Wanted.Count ?? 0));
            return new(owed, owed == 0 ? TimeSpan.Zero : Behind(now), Counts.Batches, _batch is null ? 0 : 1, Path.BytesSent, Path.BytesReceived);
        }
    }

    /// <summary>The next call to make, if one is to be made now.</summary>
    public bool TryTake(MonotonicTime now, out JavaCall call)
    {
        lock (_mesh.Gate)
        {
            call = null!;
            _mesh.HandOutRenewals(now);
            if (_batch is not null || _copying || now < _notBefore)
            {
                return false;
            }

            if (now >= _copyNotBefore && _mesh.TryBeginCopy(this, now))
            {
                _copying = true;
                call = new JavaCall(null);
                return true;
            }

            bool few = Lag + (ulong)(_renewed.Count + _wanted.Count) < BatchItemsMax;
            if (few && now < _nextBatch)
            {
                return false;
            }

            JavaBatch batch = Collect();
            if (batch.Items.Count == 0)
            {
                _acknowledged = batch.To; // there was nothing for it
                return false;
            }

            _batch = batch;
            _nextBatch = now + BatchDelay;
            call = new JavaCall(batch.Items);
            return true;
        }
    }

    /// <summary>When to ask again if nothing happens before.</summary>
    public MonotonicTime Tick(MonotonicTime now)
    {
        lock (_mesh.Gate)
        {
            MonotonicTime next = _mesh.HandOutRenewals(now);
            bool waiting = Lag > 0 || _renewed.Count > 0 || _wanted.Count > 0;
            MonotonicTime send = waiting && _batch is null ? MonotonicTime.Later(_notBefore, _nextBatch) : next;
            return send < next ? MonotonicTime.Later(send, now + TimeSpan.FromMilliseconds(1)) : next;
        }
    }

    /// <summary>It has given all that it has.</summary>
    public void Copied(IReadOnlyList<Registration> all, MonotonicTime now)
    {
        // Outside of the lock: it may be a million, and other servers are told meanwhile.
        int taken = all.Count(told => TryCopy(told, now));
        lock (_mesh.Gate)
        {
            _copying = false;
            _mesh.EndCopy(this, done: true);
            Succeeded(now);
            Counts = Counts with { Copied = Counts.Copied + taken };
        }

        _mesh.Node.CaughtUp();
    }

    /// <summary>It has answered a batch, item by item.</summary>
    /// <param name="answers">As many as there were items; any other number means nothing, and is passed over.</param>
    /// <param name="now">Now.</param>
    public void Answered(IReadOnlyList<JavaAnswer> answers, MonotonicTime now)
    {
        lock (_mesh.Gate)
        {
            JavaBatch batch = _batch ?? throw new InvalidOperationException("No batch is under way.");
            if (answers.Count == batch.Items.Count)
            {
                for (int i = 0; i < answers.Count; i++)
                {
                    React(batch.Items[i], answers[i], now);
                }
            }

            Settle(batch, now);
        }
    }

    /// <summary>The call failed as a whole.</summary>
    public void Failed(JavaFailure failure, MonotonicTime now)
    {
        lock (_mesh.Gate)
        {
            Counts = Counts with { Failures = Counts.Failures + 1 };
            if (_copying)
            {
                _copying = false;
                _mesh.EndCopy(this, done: false);
                _copyNotBefore = now + Pause(failure, _copyFailures++);
                return;
            }

            if (_batch is { } batch && failure == JavaFailure.Refused)
            {
                _acknowledged = batch.To; // Java's servers give such a batch up as well: what is lost is asked for with the next renewals
            }
            else if (_batch is not null)
            {
                _batch.Renewed.ForEach(Enqueue);
                _batch.Wanted.ForEach(_wanted.Enqueue);
            }

            _batch = null;
            _notBefore = now + Pause(failure, _failures++);
        }
    }

    /// <summary>Leases whose home is here were renewed by their owners.</summary>
    internal void Renewed(IReadOnlyList<uint> numbers)
    {
        foreach (uint number in numbers)
        {
            if (!_justRegistered.Contains(number))
            {
                Enqueue(number);
            }
        }

        _justRegistered.Clear();
    }

    private static TimeSpan Pause(JavaFailure failure, int before) =>
        RetryPause.After(before, failure == JavaFailure.Unreachable ? s_unreachablePause : s_busyPause, s_longestPause);

    // Since the oldest of what is owed came to be; if that is not kept any more, or was asked for, since the last answer.
    private TimeSpan Behind(MonotonicTime now) =>
        Lag > 0 && Registry.TryReadChange(_acknowledged + 1, out Change change)
            ? TimeSpan.FromMilliseconds(Math.Max(0, Registry.WallMs(now) - change.AtMs))
            : now - _answeredAt;

    // What ended here, or is known here at least as well, is not asked of Java.
    private bool TryCopy(Registration told, MonotonicTime now)
    {
        KeyState known = _mesh.Replica.StateOf(InstanceKey.Of(told.Service, told.Id), now);
        bool news = known.Content.Record is { } record ? told.ClientStamp > record.ClientStamp : known.Content.Revision == default;
        return news && Registry.Register(told, now, WriteSource.Peer).Error is null;
    }

    private void Enqueue(uint number)
    {
        if (_renewedSet.Add(number))
        {
            _renewed.Enqueue(number);
        }
    }

    private JavaBatch Collect()
    {
        ulong current = Registry.ReadSnapshot().Version;
        var batch = new JavaBatch(_acknowledged);
        while (batch.To < current && !batch.IsFull)
        {
            if (!Registry.TryReadChange(batch.To + 1, out Change change))
            {
                // As if all had been renewed: what it does not know, it asks for.
                batch.To = current;
                _mesh.Replica.RenewedSince(0).ToList().ForEach(Enqueue);
                break;
            }

            batch.To++;
            if (ItemOf(change) is { } item)
            {
                batch.Add(item);
            }
        }

        while (!batch.IsFull && _wanted.TryDequeue(out Instance? wanted))
        {
            batch.Wanted.Add(wanted);
            if (Registry.Find(InstanceKey.Of(wanted)) is { } record)
            {
                batch.Add(new JavaItem(JavaVerb.Register, record));
            }
        }

        // Behind what is registered, and only if that is all: a renewal of what is not there would be asked for.
        while (batch.To == current && !batch.IsFull && _renewed.TryDequeue(out uint number))
        {
            _renewedSet.Remove(number);
            batch.Renewed.Add(number);
            if (RecordOf(number) is { } record)
            {
                batch.Add(new JavaItem(JavaVerb.Renew, record));
            }
        }

        _justRegistered.UnionWith(batch.Items.Where(item => item.Verb == JavaVerb.Register).Select(item => item.Record.Number));
        return batch;
    }

    // Null: not for Java's servers. They hear from each server what was said to it: not what it has from another, and not what it gave up.
    private JavaItem? ItemOf(in Change change)
    {
        if (change.Source is not (WriteSource.Owner or WriteSource.Operator))
        {
            return null;
        }

        if (change.Cause == ChangeCause.Cancelled)
        {
            return new JavaItem(JavaVerb.Cancel, change.Record);
        }

        return Registry.Find(InstanceKey.Of(change.Record)) is not { } record ? null // its end follows
            : change.Cause switch
            {
                ChangeCause.Registered or ChangeCause.MetadataSet => new JavaItem(JavaVerb.Register, record),
                ChangeCause.StatusSet when record.Override is not null => new JavaItem(JavaVerb.SetStatus, record),
                ChangeCause.StatusCleared when record.Override is null => new JavaItem(JavaVerb.ClearStatus, record),
                _ => null, // it was set and cleared: the other follows
            };
    }

    private Instance? RecordOf(uint number) =>
        _mesh.Replica.ByNumber(Registry.NodeId, Registry.BootEpoch, number)?.State.Content.Record;

    private void React(in JavaItem item, in JavaAnswer answer, MonotonicTime now)
    {
        if (item.Verb == JavaVerb.Renew && answer.Verdict == JavaVerdict.Unknown)
        {
            _wanted.Enqueue(item.Record);
        }
        else if (item.Verb == JavaVerb.Renew && answer is { Verdict: JavaVerdict.Older, Newer: { } newer })
        {
            Adopt(item.Record, newer, now);
        }
        else if (answer.Verdict != JavaVerdict.Done)
        {
            Counts = Counts with { ItemsRefused = Counts.ItemsRefused + 1 };
        }
    }

    // With its override, which a peer's record carries. Not one that was cancelled here while the answer was on its way: it would be back.
    private void Adopt(Instance asked, Registration newer, MonotonicTime now)
    {
        bool meant = Registry.Find(InstanceKey.Of(newer.Service, newer.Id)) is { } here && SameKey.Comparer.Equals(here, asked);
        bool credible = meant && newer.ClientStamp <= Registry.WallMs(now) + (long)s_stampAheadMax.TotalMilliseconds;
        bool adopted = credible && Registry.Register(newer, now, WriteSource.Peer).Error is null;
        Counts = adopted ? Counts with { Adopted = Counts.Adopted + 1 } : Counts with { ItemsRefused = Counts.ItemsRefused + 1 };
    }

    private void Settle(JavaBatch batch, MonotonicTime now)
    {
        _batch = null;
        _acknowledged = batch.To;
        _answeredAt = now;
        Succeeded(now);
        Counts = Counts with { Batches = Counts.Batches + 1, Items = Counts.Items + batch.Items.Count };
    }

    private void Succeeded(MonotonicTime now)
    {
        _failures = 0;
        _notBefore = now;
    }
}

/// <summary>What has gone to a Java server and come back, since the start.</summary>
/// <param name="Batches">Batches answered.</param>
/// <param name="Items">Items in them.</param>
/// <param name="ItemsRefused">Items that it did not do, and newer records of it that could not be taken.</param>
/// <param name="Adopted">Records of it that were newer and are this node's now.</param>
/// <param name="Copied">Instances taken from it at the start.</param>
/// <param name="Failures">Calls that failed as a whole.</param>
public readonly record struct JavaPeerCounts(long Batches, long Items, long ItemsRefused, long Adopted, long Copied, long Failures);
