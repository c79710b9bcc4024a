using System.Diagnostics;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Stripes;

/// <summary>One share of the registry: one lock, one table, one wheel, one ring of changes not yet published.</summary>
/// <remarks>
/// <para>
/// I1: a key is in the table from before its slot's word is live until after it is free. I2: a live slot is filed in the wheel, no
/// later than the earlier of its deadline and the moment it falls silent, as of its registration or last look; a renewal only moves
/// both away. I3: every change of content takes its version, and keeps its <see cref="Change"/>, under the lock.
/// </para>
/// <para>Lock order: this lock, then the guard's. Renewals and look-ups take none.</para>
/// </remarks>
internal sealed partial class Stripe
{
    private readonly Lock _gate = new();
    private readonly StripeTable _table;
    private readonly LeaseClock _clock;
    private readonly ExpiryGuard _guard;
    private readonly LeaseSlots _slots;
    private readonly KeyTable _keys;
    private readonly StripeLeases _leases;
    private readonly TombstoneTable _tombstones;
    private Change[] _changes = new Change[16]; // guarded by _gate
    private int _changeCount; // guarded by _gate

    public Stripe(StripeTable table, int number)
    {
        _table = table;
        _clock = table.Clock;
        _guard = table.Guard;
        _slots = new LeaseSlots(table.Leases, this, keepsHomes: table.Homes is not null);
        _keys = new KeyTable(_slots);
        _leases = new StripeLeases(table, _slots);
        _tombstones = new TombstoneTable(table.Options);
        Number = number;
    }

    public int Number { get; }

    /// <summary>Renews by key. No lock, 0 bytes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="startTick">The tick to count from.</param>
    /// <param name="away">True if the home of the lease is elsewhere: <see cref="BecomeHome"/> is to follow.</param>
    /// <returns>The record; null if there is none.</returns>
    public Instance? Renew(HashedKey key, long startTick, out bool away)
    {
        away = false;
        for (var spin = default(SpinWait); ; spin.SpinOnce())
        {
            int slot = _keys.FindByHash(key);
            if (slot < 0)
            {
                return null;
            }

            // A slot's key is written before the word that makes it live, and cleared after the one that frees it. So if the key is
            // still there after the word was read, the word is its lease's; and the record's, if the swap finds it unchanged.
            ref LeaseSlot lease = ref _slots.Hot(slot);
            long word = lease.Word;
            Instance? record = _slots.Record(slot);
            if (record is not null && _keys.IsAt(slot, key) && _guard.TryRenew(ref lease, LeaseWord.Generation(word), startTick))
            {
                away = _slots.Cold(slot).Away;
                return record;
            }
        }
    }

    public Instance? Find(HashedKey key)
    {
        _keys.Find(key, out Instance? record);
        return record;
    }

    public LeaseHandle HandleOf(HashedKey key)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out _);
            return slot < 0 || _slots.Cold(slot).Away ? default : _leases.HandleOf(slot);
        }
    }

    public Instance? FindById(ReadOnlySpan<byte> id, ulong idHash) => _keys.FindById(id, idHash);

    /// <summary>The lease of a record, as it is now; null if the record's lease has ended.</summary>
    public LeaseTimes? TimesOf(Instance record, int slot)
    {
        LeaseTimes? times = _slots.Hot(slot).Times;
        Instance? there = _slots.Record(slot);
        return there is not null && there.LeaseIndex == record.LeaseIndex && there.Is(InstanceKey.Of(record)) ? times : null;
    }

    /// <summary>Takes a record in, or refuses it because the registry is full.</summary>
    public RegisterResult Register(HashedKey key, Instance draft, InstanceStatus? peerOverride, WriteSource source, WriteMoment moment)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? existing);
            if (existing is not null && source == WriteSource.Peer && existing.ClientStamp > draft.ClientStamp)
            {
                // An older record from a peer renews, as with Java's servers, and is otherwise passed over: the home stays where it is.
                _leases.Restart(slot, existing, moment.Now);
                return new RegisterResult(null, _leases.HandleOf(slot), _table.Version, Created: false);
            }

            if (existing is null && !_table.TryReserve())
            {
                return new RegisterResult(RegistryError.Full($"Cannot register {draft}", _table.Options.InstancesMax), default, 0, false);
            }

            bool fresh = false;
            if (existing is null)
            {
                slot = _slots.Take(out fresh);
            }

            KeyState known = existing is null ? _tombstones.Take(draft.Service.Text, draft.Id, moment.Now) : StateOf(slot, existing);
            Complete(draft, slot, existing, known, peerOverride, source, moment);
            _slots.SetRecord(slot, draft);
            if (existing is null)
            {
                _keys.Add(key, slot);
                ComeHome(slot, known.Home.Clock, moment);
                _leases.Start(slot, draft, fresh, moment.Now);
            }
            else
            {
                _leases.Restart(slot, draft, moment.Now, homeMoves: ComeHome(slot, known.Home.Clock, moment));
            }

            bool addressesDiffer = existing is not null && draft.HasOtherAddressesThan(existing);
            Keep(draft, ChangeKind.Added, ChangeCause.Registered, source, moment, draft.Revision, addressesDiffer);
            return new RegisterResult(null, _leases.HandleOf(slot), draft.Version, existing is null);
        }
    }

    /// <summary>Removes a record and its override. 0: it is not there.</summary>
    public ulong Cancel(HashedKey key, WriteSource source, WriteMoment moment)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? record);
            if (record is null)
            {
                _tombstones.ClearOverride(key.Key, ClearedNow(moment), moment.Now);
                return 0;
            }

            Revision revision = NextRevision(record, moment);
            var end = new Content(revision, null, ChangeCause.Cancelled);
            _leases.End(slot);
            return Remove(slot, record, new KeyState(end, StatusOverride.Cleared(revision, moment.WallMs), HomeOf(slot)), source, moment);
        }
    }

    /// <summary>
    /// Replaces a record by what <paramref name="change"/> makes of it. The result is 0 if it is not there, and the present version
    /// if <paramref name="change"/> answers null: nothing to do.
    /// </summary>
    public ulong Modify<TState>(
        HashedKey key,
        TState state,
        Func<Instance, Revision, TState, Instance?> change,
        ChangeCause cause,
        WriteSource source,
        WriteMoment moment
    )
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? existing);
            if (existing is null)
            {
                return 0;
            }

            Revision revision = NextRevision(existing, moment);
            Instance? modified = change(existing, revision, state);
            if (modified is null)
            {
                return _table.Version;
            }

            modified.Version = _table.NextVersion(this);
            modified.UpdatedAtMs = moment.WallMs;
            modified.LastChange = ChangeKind.Modified;
            modified.NoteUp(moment.WallMs);
            _slots.SetRecord(slot, modified);
            Keep(modified, ChangeKind.Modified, cause, source, moment, revision);
            return modified.Version;
        }
    }

    /// <summary>Ends an override that outlived its instance; false if there is none.</summary>
    public bool ForgetOverride(InstanceKey key, WriteMoment moment)
    {
        lock (_gate)
        {
            return _tombstones.ClearOverride(key, ClearedNow(moment), moment.Now);
        }
    }

    /// <summary>
    /// Looks at the leases that are due up to <paramref name="tick"/>, at most <paramref name="budget"/> of them: finds the silent,
    /// ends those that are over and may end.
    /// </summary>
    /// <returns>False if there is more to do at this tick.</returns>
    public bool Advance(long tick, int budget, WriteMoment moment, ref AdvanceTally tally)
    {
        lock (_gate)
        {
            _tombstones.Expire(moment.Now);
            while (_leases.TryTake(tick, ref budget, out int slot))
            {
                if (_leases.TryEnd(slot, tick) is { } end)
                {
                    Expire(slot, end, moment, ref tally);
                }
            }

            return budget > 0;
        }
    }

    /// <summary>Moves the changes kept here to <paramref name="into"/>.</summary>
    public void DrainChanges(List<Change> into)
    {
        lock (_gate)
        {
            into.AddRange(_changes.AsSpan(0, _changeCount));
            Array.Clear(_changes, 0, _changeCount);
            _changeCount = 0;
            _keys.Shrink();
        }
    }

    private void Expire(int slot, LeaseEnd over, WriteMoment moment, ref AdvanceTally tally)
    {
        if (!over.WasHeld)
        {
            tally.LatestLateness = TimeSpan.FromTicks(
                Math.Max(tally.LatestLateness.Ticks, (moment.Now - _clock.TimeOf(over.Deadline)).Ticks)
            );
        }

        Instance record = _slots.Record(slot)!;
        var end = new Content(NextRevision(record, moment), null, over.Cause);
        Remove(slot, record, new KeyState(end, record.LastOverride, HomeOf(slot)), WriteSource.Registry, moment);
        tally.Expired++;
    }

    // The word is free already; the table still names the slot.
    private ulong Remove(int slot, Instance record, in KeyState end, WriteSource source, WriteMoment moment, ushort via = 0)
    {
        _keys.Remove(slot);
        _slots.Free(slot);
        _table.Release();
        ulong version = _table.NextVersion(this);
        if (_table.Homes is not null || end.Override is { IsCleared: false })
        {
            _tombstones.Add(record.Service.Text, record.Id, end, moment.Now);
        }

        Content ended = end.Content;
        Keep(new Change(version, record, ChangeKind.Removed, ended.End, source, moment.Now, moment.WallMs, ended.Revision, Via: via));
        return version;
    }

    private void Complete(
        Instance draft,
        int slot,
        Instance? existing,
        in KeyState known,
        InstanceStatus? peerOverride,
        WriteSource source,
        WriteMoment moment
    )
    {
        StatusOverride? overriding = known.Override;
        draft.LeaseIndex = _slots.IndexOf(slot);
        draft.Version = _table.NextVersion(this);
        draft.Revision = _table.NextRevision(known.Content.Revision, moment.WallMs, taken: true);
        draft.RegisteredAtMs = moment.WallMs;
        draft.UpdatedAtMs = moment.WallMs;
        draft.LastChange = ChangeKind.Added;
        draft.Override = overriding;
        if (source == WriteSource.Peer && peerOverride is { } status && status != InstanceStatus.Unknown)
        {
            Revision revision = overriding is null ? draft.Revision : _table.NextRevision(overriding.Revision, moment.WallMs);
            draft.Override = new StatusOverride(status, revision, moment.WallMs);
        }

        draft.ServiceUpAtMs = existing is { ServiceUpAtMs: > 0 } ? existing.ServiceUpAtMs : draft.ServiceUpAtMs;
        draft.NoteUp(moment.WallMs);
    }

    private void Keep(
        Instance record,
        ChangeKind kind,
        ChangeCause cause,
        WriteSource source,
        WriteMoment moment,
        Revision revision,
        bool addressesDiffer = false,
        ushort via = 0
    ) => Keep(new Change(record.Version, record, kind, cause, source, moment.Now, moment.WallMs, revision, addressesDiffer, via));

    private void Keep(in Change change)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "I3");
        if (_changeCount == _changes.Length)
        {
            Array.Resize(ref _changes, _changes.Length * 2);
        }

        _changes[_changeCount++] = change;
    }
}

/// <summary>When a write happens, on both clocks, read once.</summary>
internal readonly record struct WriteMoment(MonotonicTime Now, long WallMs);

/// <summary>What one advance has done so far.</summary>
internal struct AdvanceTally
{
    public int Expired;
    public TimeSpan LatestLateness;
}
