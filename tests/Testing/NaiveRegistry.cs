using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support;

/// <summary>What the registry promises, in plain dictionaries: slow, single-threaded and easy to believe.</summary>
/// <remarks>
/// <para>Handles are the real registry's business: the caller tells them (<see cref="Registered"/>).</para>
/// <para>Which of several leases that end in one advance goes first is not promised: the caller says which change it saw.</para>
/// <para>The guard is not modelled: run it against a registry without one.</para>
/// </remarks>
public sealed class NaiveRegistry
{
    /// <summary>Ruling 10: how far into the future a peer's stamp may reach.</summary>
    public static readonly TimeSpan StampAhead = TimeSpan.FromMinutes(5);

    private readonly RegistryOptions _options;
    private readonly NaiveLeaseClock _time;
    private readonly Dictionary<NaiveKey, NaiveInstance> _live = [];
    private readonly Dictionary<NaiveKey, TimeSpan> _ends = [];
    private readonly List<NaiveChange> _changes = [];

    // Until when by the clock, stalls counted: an operator's hour is an hour.
    private readonly Dictionary<NaiveKey, (InstanceStatus Status, TimeSpan Until)> _lingering = [];

    public NaiveRegistry(RegistryOptions options, TimeSpan now)
    {
        _options = options;
        _time = new NaiveLeaseClock(options.StallGap, now);
    }

    public ulong Version => (ulong)_changes.Count;

    /// <summary>Every change since the start, in order of version.</summary>
    public IReadOnlyList<NaiveChange> Changes => _changes;

    public IReadOnlyDictionary<NaiveKey, NaiveInstance> Live => _live;

    /// <summary>All instances in the order of a snapshot.</summary>
    public IEnumerable<NaiveInstance> Sorted => _live.Values.OrderBy(instance => instance.Key, NaiveKey.Order);

    /// <summary>Registers. The handle is the one the real registry gave, for a new lease only.</summary>
    public NaiveInstance Registered(Registration sent, TimeSpan now, long wallMs, WriteSource source, LeaseHandle handle)
    {
        NaiveKey key = NaiveKey.Of(sent.Service, sent.Id);
        _live.TryGetValue(key, out NaiveInstance? there);
        long stamp = Stamp(sent, wallMs, source);
        if (there is not null && source == WriteSource.Peer && stamp < there.Stamp)
        {
            Renew(key, now);
            return there;
        }

        _lingering.Remove(key, out (InstanceStatus Status, TimeSpan Until) lingering);
        InstanceStatus? kept =
            there is not null ? there.Override
            : lingering.Until > now ? lingering.Status
            : null;
        NaiveInstance record = new(key, sent)
        {
            Handle = there?.Handle ?? handle,
            Override = source == WriteSource.Peer && sent.Override is not (null or InstanceStatus.Unknown) ? sent.Override : kept,
            Stamp = stamp,
            Duration = sent.LeaseDuration ?? _options.LeaseDurationDefault,
            Interval = sent.RenewalInterval ?? _options.RenewalIntervalDefault,
        };
        record = Change(record, ChangeKind.Added, ChangeCause.Registered, source);
        Renew(key, now);
        return record;
    }

    /// <summary>Renews; the outcome compares the caller's stamp with the one on record.</summary>
    public RenewOutcome Renew(NaiveKey key, long? stamp, TimeSpan now)
    {
        if (!_live.TryGetValue(key, out NaiveInstance? there))
        {
            return RenewOutcome.Unknown;
        }

        Renew(key, now);
        return stamp is null || stamp == there.Stamp ? RenewOutcome.Same
            : stamp > there.Stamp ? RenewOutcome.Newer
            : RenewOutcome.Older;
    }

    /// <summary>Renews the lease that a handle belongs to; false if it belongs to none.</summary>
    public bool Renew(LeaseHandle handle, TimeSpan now)
    {
        NaiveInstance? there = _live.Values.SingleOrDefault(instance => instance.Handle == handle);
        if (there is not null)
        {
            Renew(there.Key, now);
        }

        return there is not null;
    }

    public bool Cancel(NaiveKey key, WriteSource source)
    {
        _lingering.Remove(key);
        return _live.TryGetValue(key, out NaiveInstance? there) && Remove(there, ChangeCause.Cancelled, source);
    }

    /// <summary>Unknown is no opinion: it clears.</summary>
    public bool SetStatus(NaiveKey key, InstanceStatus status, WriteSource source) =>
        status == InstanceStatus.Unknown
            ? ClearStatus(key, source)
            : Modify(key, there => there with { Override = status }, ChangeCause.StatusSet, source);

    /// <summary>Also one that outlived its instance.</summary>
    public bool ClearStatus(NaiveKey key, WriteSource source) =>
        _lingering.Remove(key) || Modify(key, there => there with { Override = null }, ChangeCause.StatusCleared, source);

    /// <summary>A change even if every pair is there already.</summary>
    public bool SetMetadata(NaiveKey key, IReadOnlyList<KeyValuePair<string, string>> pairs, WriteSource source) =>
        Modify(key, there => there with { Metadata = Merged(there.Metadata, pairs) }, ChangeCause.MetadataSet, source);

    /// <summary>The leases that are over when the registry is advanced to <paramref name="now"/>, in no order.</summary>
    public IReadOnlySet<NaiveKey> Advance(TimeSpan now)
    {
        _time.Advance(now);
        foreach (NaiveKey key in _lingering.Where(kept => kept.Value.Until <= now).Select(kept => kept.Key).ToArray())
        {
            _lingering.Remove(key);
        }

        return _ends.Where(end => end.Value <= _time.At(now)).Select(end => end.Key).ToHashSet();
    }

    /// <summary>A lease that is over is taken off.</summary>
    public void Expire(NaiveKey key, TimeSpan now)
    {
        NaiveInstance there = _live[key];
        Remove(there, ChangeCause.Expired, WriteSource.Registry);
        if (there.Override is InstanceStatus status)
        {
            _lingering[key] = (status, now + _options.OverrideLinger);
        }
    }

    private static long Stamp(Registration sent, long wallMs, WriteSource source)
    {
        long stamp = sent.ClientStamp ?? wallMs;
        return source == WriteSource.Peer ? Math.Min(stamp, wallMs + (long)StampAhead.TotalMilliseconds) : stamp;
    }

    private static List<KeyValuePair<string, string>> Merged(
        IReadOnlyList<KeyValuePair<string, string>> old,
        IReadOnlyList<KeyValuePair<string, string>> pairs
    )
    {
        List<KeyValuePair<string, string>> merged = [.. old];
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            int at = merged.FindIndex(there => there.Key == pair.Key);
            if (at < 0)
            {
                merged.Add(pair);
            }
            else
            {
                merged[at] = pair;
            }
        }

        return merged;
    }

    /// <summary>The lease runs anew. Its beginning and its length are each rounded up to whole ticks.</summary>
    private void Renew(NaiveKey key, TimeSpan now)
    {
        long start = InTicks(_time.At(now));
        long length = InTicks(_live[key].Duration + _options.LeaseGrace);
        _ends[key] = _options.WheelTick * (start + length);
    }

    private long InTicks(TimeSpan span) => (span.Ticks + _options.WheelTick.Ticks - 1) / _options.WheelTick.Ticks;

    private bool Modify(NaiveKey key, Func<NaiveInstance, NaiveInstance> change, ChangeCause cause, WriteSource source)
    {
        if (!_live.TryGetValue(key, out NaiveInstance? there))
        {
            return false;
        }

        NaiveInstance after = change(there);
        if (after.Override != there.Override || cause == ChangeCause.MetadataSet)
        {
            Change(after, ChangeKind.Modified, cause, source);
        }

        return true;
    }

    private bool Remove(NaiveInstance there, ChangeCause cause, WriteSource source)
    {
        _live.Remove(there.Key);
        _ends.Remove(there.Key);
        _changes.Add(new(Version + 1, there, ChangeKind.Removed, cause, source));
        return true;
    }

    private NaiveInstance Change(NaiveInstance record, ChangeKind kind, ChangeCause cause, WriteSource source)
    {
        record = record with { Version = Version + 1, LastChange = kind };
        _live[record.Key] = record;
        _changes.Add(new(record.Version, record, kind, cause, source));
        return record;
    }
}
