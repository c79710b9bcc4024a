using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Stripes;

/// <content>What a stripe of a cluster's node does besides: takes in what peers know, says what it knows, and whose leases these are.</content>
internal sealed partial class Stripe
{
    /// <summary>Ends dropped before their time because there were too many.</summary>
    public long TombstonesDropped
    {
        get
        {
            lock (_gate)
            {
                return _tombstones.Dropped;
            }
        }
    }

    /// <summary>The owner renewed here, whose home was elsewhere: it is here now.</summary>
    public void BecomeHome(HashedKey key, WriteMoment moment)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? record);
            if (record is not null && ComeHome(slot, _slots.Home(slot).Clock, moment))
            {
                _leases.Restart(slot, record, moment.Now, homeMoves: true);
            }
        }
    }

    /// <summary>All that is known of a key.</summary>
    public KeyState StateOf(HashedKey key, MonotonicTime now)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? record);
            return record is null ? FindTombstone(key.Key, now) : StateOf(slot, record);
        }
    }

    /// <summary>The state of the live lease in a slot; null if it is free, has another generation, or its home is elsewhere and should not be.</summary>
    public KeyedState? StateAt(int slot, uint generation, bool homeHere)
    {
        lock (_gate)
        {
            Instance? record = _slots.Record(slot);
            bool other = record is null || (homeHere ? _slots.Cold(slot).Away : LeaseWord.Generation(_slots.Hot(slot).Word) != generation);
            return other ? null : new KeyedState(record!.Service, record.IdUtf8.ToArray(), StateOf(slot, record));
        }
    }

    /// <summary>Takes in what a peer knows of a key: <see cref="MergeRule"/> says what of it is news.</summary>
    /// <param name="key">The key.</param>
    /// <param name="from">What the peer knows.</param>
    /// <param name="via">The link it came by.</param>
    /// <param name="moment">Now.</param>
    /// <param name="restoring">True: not a peer knows it, but a former run of this node did.</param>
    /// <returns>What it did, and whether this node knows something newer.</returns>
    public ApplyOutcome Apply(HashedKey key, KeyedState from, ushort via, WriteMoment moment, bool restoring = false)
    {
        lock (_gate)
        {
            int slot = _keys.Find(key, out Instance? existing);
            KeyState mine = existing is null ? FindTombstone(key.Key, moment.Now) : StateOf(slot, existing);
            KeyState merged = MergeRule.Merge(mine, from.State);
            if (_table.Planted(PlantedFaults.LastWriterWins) && from.State.Content.Revision != default)
            {
                merged = merged with { Content = from.State.Content };
            }

            if (_table.Planted(PlantedFaults.ClearIsForgotten) && merged.Override is { IsCleared: true })
            {
                merged = merged with { Override = mine.Override };
            }

            var outcome = new ApplyOutcome(
                Applied: merged.Content.Revision != mine.Content.Revision || !IsSame(merged.Override, mine.Override),
                HasNewer: merged.Content.Revision != from.State.Content.Revision || !IsSame(merged.Override, from.State.Override)
            );
            bool live = merged.Content.Record is not null;
            if (existing is null && live)
            {
                return outcome.Applied && !Begin(key, from, merged, via, moment, restoring) ? outcome with { Refused = true } : outcome;
            }

            if (existing is null)
            {
                if (outcome.Applied && merged.Content.Revision != default)
                {
                    _tombstones.Add(from.Service.Text, Encoding.UTF8.GetString(from.IdUtf8.Span), merged, moment.Now);
                }

                return outcome;
            }

            if (!live)
            {
                return EndOrReissue(slot, existing, merged, via, moment) ? outcome : outcome with { HasNewer = true };
            }

            bool reissue = merged.Content.Revision != existing.Revision && IsMineOfNow(slot, existing, merged);
            bool twice = from.State.Content.Record is { } other && MergeRule.WasGivenTwice(existing, other);
            if (reissue || twice)
            {
                Reissue(slot, twice ? MergeRule.Later(existing, from.State.Content.Record!) : existing, merged, moment);
                return outcome with { HasNewer = true };
            }

            Replace(slot, existing, merged, outcome.Applied, via, moment);
            return outcome;
        }
    }

    /// <summary>The ends remembered.</summary>
    public List<KeyedState> Ends(MonotonicTime now)
    {
        lock (_gate)
        {
            return _tombstones.All(now);
        }
    }

    /// <summary>True if a record is from the file of a former run, and nobody has renewed it since. No lock.</summary>
    public bool IsProvisional(Instance record, int slot) => TimesOf(record, slot) is { } times && IsProvisional(slot, times);

    /// <summary>Sets a bit for each lease among the <paramref name="count"/> slots from <paramref name="firstSlot"/> whose home is here and which was renewed at <paramref name="sinceTick"/> or later.</summary>
    /// <returns>How many there are.</returns>
    public int RenewedSince(int firstSlot, int count, long sinceTick, Span<ulong> bits)
    {
        int renewed = 0;
        for (int i = 0; i < count; i++)
        {
            if (_slots.Hot(firstSlot + i).Times is { } times && times.RenewedAtTick >= sinceTick && !_slots.Cold(firstSlot + i).Away)
            {
                bits[i >> 6] |= 1UL << (i & 63);
                renewed++;
            }
        }

        return renewed;
    }

    private Revision NextRevision(Instance known, WriteMoment moment) =>
        _table.NextRevision(
            known.LastOverride is { } overriding && overriding.Revision > known.Revision ? overriding.Revision : known.Revision,
            moment.WallMs
        );

    private StatusOverride ClearedNow(WriteMoment moment) =>
        StatusOverride.Cleared(_table.NextRevision(default(Revision), moment.WallMs), moment.WallMs);

    private KeyState StateOf(int slot, Instance record) =>
        new(new Content(record.Revision, record, default), record.LastOverride, HomeOf(slot));

    private KeyState FindTombstone(InstanceKey key, MonotonicTime now) =>
        _tombstones.Find(ServiceName.Canonical(Encoding.UTF8.GetString(key.Service)), Encoding.UTF8.GetString(key.Id), now);

    private Home HomeOf(int slot)
    {
        if (_table.Homes is not { } homes)
        {
            return default;
        }

        HomeSlot home = _slots.Home(slot);
        if (!_slots.Cold(slot).Away)
        {
            return new Home(_table.Node, _table.Boot, _slots.IndexOf(slot), home.Clock);
        }

        (uint node, ulong boot) = homes.OriginAt(home.Origin);
        return new Home(node, boot, home.Number, home.Clock);
    }

    // The lease is restarted by the caller. True if its home was elsewhere.
    private bool ComeHome(int slot, ulong after, WriteMoment moment)
    {
        if (_table.Homes is null)
        {
            return false;
        }

        ref ColdSlot cold = ref _slots.Cold(slot);
        bool wasAway = cold.Away;
        ClaimHome(slot, after, moment);
        cold.Away = false;
        return wasAway;
    }

    // Later than the home so far, also that of a lease that has ended: its clock may be ahead by more than is followed. And later than
    // that of the lease that had this slot before: by that others tell which of the two its number means (HomeTable, I1).
    private void ClaimHome(int slot, ulong after, WriteMoment moment)
    {
        ulong past = Math.Max(after, _slots.Home(slot).Clock);
        _slots.Home(slot) = new HomeSlot(Math.Max(_table.NextClock(moment.WallMs), past + 1), 0, 0);
    }

    // Renewals take no lock and leave the mark; they are told by their time.
    private bool IsProvisional(int slot, LeaseTimes times) =>
        _slots.Cold(slot).Restored && times.RenewedAtTick <= _table.RestoredAtTick;

    private bool IsHere(in Home home) => home.Node == _table.Node && home.Boot == _table.Boot;

    // After the lease has its generation: the binding is to this one.
    private void Settle(int slot, in Home home) =>
        _slots.Home(slot) = new HomeSlot(home.Clock, _table.Homes!.Bind(home, _leases.HandleOf(slot)), home.Number);

    private bool Begin(HashedKey key, KeyedState from, in KeyState merged, ushort via, WriteMoment moment, bool restoring)
    {
        if (!_table.TryReserve())
        {
            return false;
        }

        _tombstones.Take(from.Service.Text, Encoding.UTF8.GetString(from.IdUtf8.Span), moment.Now);
        int slot = _slots.Take(out bool fresh);
        Instance record = Adopt(slot, merged);
        record.LastChange = ChangeKind.Added;
        _slots.SetRecord(slot, record);
        _keys.Add(key, slot);
        ref ColdSlot cold = ref _slots.Cold(slot);
        cold.Away = _table.Homes is not null;
        cold.Restored = restoring;

        // If this node was the home, nobody else is to end the lease: it gets what its owner was promised, and no more.
        _leases.Start(slot, record, fresh, moment.Now, homeElsewhere: cold.Away && !(restoring && merged.Home.Node == _table.Node));
        if (cold.Away)
        {
            Settle(slot, merged.Home);
        }

        (ChangeCause cause, WriteSource source) = restoring
            ? (ChangeCause.Restored, WriteSource.Registry)
            : (ChangeCause.Registered, WriteSource.Peer);
        Keep(record, ChangeKind.Added, cause, source, moment, record.Revision, via: via);
        return true;
    }

    // A record from elsewhere takes its place here.
    private Instance Adopt(int slot, in KeyState merged)
    {
        Instance record = merged.Content.Record!.Copy();
        record.LeaseIndex = _slots.IndexOf(slot);
        record.Version = _table.NextVersion(this);
        record.Override = merged.Override;
        return record;
    }

    // True if the end stands. Not if the lease is renewed and whoever ended it cannot have seen that.
    private bool EndOrReissue(int slot, Instance existing, in KeyState merged, ushort via, WriteMoment moment)
    {
        bool renewed = RenewedAt(slot, moment.Now) is { } at && moment.Now - at <= existing.LeaseDuration;

        // If the owner renews here, another's claim may be dated later by a wrong clock, and proves nothing.
        bool homeHere = !_slots.Cold(slot).Away;
        if (MergeRule.IsWrongEnd(merged.Content, homeHere, merged.Home, renewed) && !_table.Planted(PlantedFaults.WrongEndStands))
        {
            ulong renewedAt = Reissue(slot, existing, merged, moment);
            if (homeHere)
            {
                _slots.Home(slot) = new HomeSlot(Math.Max(renewedAt, merged.Home.Clock + 1), 0, 0);
            }

            return false;
        }

        _leases.End(slot);
        Remove(slot, existing, merged, WriteSource.Peer, moment, via);
        return true;
    }

    private static bool IsSame(StatusOverride? a, StatusOverride? b) => a?.Revision == b?.Revision && a?.Status == b?.Status;

    private bool IsMineOfNow(int slot, Instance existing, in KeyState merged) =>
        !_slots.Cold(slot).Away && MergeRule.IsOfFormerBoot(merged.Content, existing, _table.Node);

    // Newer than what it answers, but dated by the renewal that it rests on, not by now: if the owner has registered elsewhere since,
    // that is the newer. Returns the date.
    private ulong Reissue(int slot, Instance said, in KeyState merged, WriteMoment moment)
    {
        TimeSpan ago = RenewedAt(slot, moment.Now) is { } at ? moment.Now - at : TimeSpan.Zero;
        ulong renewed = _table.NextClock(moment.WallMs) - ((ulong)ago.TotalMilliseconds << 16);
        Revision answered = merged.Content.Revision;
        Instance record = said.Copy();
        record.LeaseIndex = _slots.IndexOf(slot);
        record.Version = _table.NextVersion(this);
        record.Revision = new Revision(answered.Epoch, Math.Max(answered.Clock + 1, renewed), _table.Node);
        record.Override = merged.Override;
        record.LastChange = ChangeKind.Modified;
        _slots.SetRecord(slot, record);
        Keep(record, ChangeKind.Modified, ChangeCause.Reissued, WriteSource.Registry, moment, record.Revision);
        return renewed;
    }

    private void Replace(int slot, Instance existing, in KeyState merged, bool changed, ushort via, WriteMoment moment)
    {
        bool newContent = merged.Content.Revision != existing.Revision;
        Instance record = changed ? Adopt(slot, merged) : existing;
        bool moves = MoveHome(slot, merged.Home, moment);

        // Only what an owner said renews: a record reissued, or with other metadata, says nothing of the owner.
        bool registered =
            newContent
            && (record.RegisteredAtMs, record.LeaseDuration, record.RenewalInterval)
                != (existing.RegisteredAtMs, existing.LeaseDuration, existing.RenewalInterval);

        // The owner registered elsewhere, and whoever holds the handle may not know: it shall register again.
        moves |= registered && !_slots.Cold(slot).Away;
        if (registered || moves)
        {
            _leases.Restart(slot, record, moment.Now, moves);
        }

        if (_slots.Cold(slot).Away)
        {
            Settle(slot, merged.Home);
        }

        if (!changed)
        {
            return;
        }

        record.LastChange = ChangeKind.Modified;
        _slots.SetRecord(slot, record);
        ChangeCause cause = newContent ? ChangeCause.Registered
            : record.Override is null ? ChangeCause.StatusCleared
            : ChangeCause.StatusSet;
        Revision revision = newContent ? record.Revision : record.LastOverride!.Revision;
        Keep(
            record,
            ChangeKind.Modified,
            cause,
            WriteSource.Peer,
            moment,
            revision,
            addressesDiffer: newContent && record.HasOtherAddressesThan(existing),
            via
        );
    }

    // Null if the node has stood still since, and does not know how long ago it was; or if the record was restored, and nobody did.
    private MonotonicTime? RenewedAt(int slot, MonotonicTime now) =>
        _slots.Hot(slot).Times is { } times && !IsProvisional(slot, times) ? _clock.MomentOf(times.RenewedAtTick, now) : null;

    // True if the home has changed. Not if the owner was here later than it was there.
    private bool MoveHome(int slot, in Home home, WriteMoment moment)
    {
        if (IsHere(home) || home == HomeOf(slot))
        {
            return false;
        }

        ref ColdSlot cold = ref _slots.Cold(slot);
        bool madeAfterMine = home.Clock == _slots.Home(slot).Clock + 1; // see ClaimHome: its clock is behind, and it knew of this one
        if (!cold.Away && !madeAfterMine && RenewedAt(slot, moment.Now) is { } at && moment.Now - at <= StripeLeases.SilenceAllowed(_slots.Record(slot)!))
        {
            // The owner came here, went there, and came back before that was known here. Not if it has fallen silent here since.
            long renewedMs = moment.WallMs - (long)(moment.Now - at).TotalMilliseconds;
            if (renewedMs > (long)(home.Clock >> 16))
            {
                ClaimHome(slot, home.Clock, moment);
                return false;
            }
        }

        cold.Away = true;
        return true;
    }
}

/// <summary>What became of a peer's state.</summary>
/// <param name="Applied">True if something of it was news, and is a change of this registry now.</param>
/// <param name="HasNewer">True if this registry knows something newer.</param>
/// <param name="Refused">True if the registry is full.</param>
internal readonly record struct ApplyOutcome(bool Applied, bool HasNewer, bool Refused = false);
