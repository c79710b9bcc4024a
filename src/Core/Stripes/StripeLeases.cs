using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Stripes;

/// <summary>The leases of one stripe: begun, begun anew, looked at when they are due, and ended.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripe"/>; every call under that stripe's lock. Renewals pass it by: a look finds what they left.</para>
/// <para>I2 of <see cref="Stripe"/> is kept here.</para>
/// </remarks>
internal sealed class StripeLeases(StripeTable table, LeaseSlots slots)
{
    // A held lease is looked at once a second: it costs little, and goes within a second of the guard's end.
    private static readonly TimeSpan s_heldRecheck = TimeSpan.FromSeconds(1);

    private readonly TimingWheel _wheel = new(0);
    private readonly int _heldRecheckTicks = table.Clock.Ticks(s_heldRecheck);

    /// <summary>How long an owner may say nothing before it is silent.</summary>
    /// <remarks>
    /// One and a half intervals. Where the lease is too short for that, half-way between the renewal due and the end: an owner that
    /// is on time is never silent, and the guard sees a miss before the first lease ends. An interval that does not fit into the
    /// lease says nothing; a third of the lease is taken for it.
    /// </remarks>
    public static TimeSpan SilenceAllowed(Instance record)
    {
        TimeSpan lease = record.LeaseDuration;
        TimeSpan interval = record.RenewalInterval < lease ? record.RenewalInterval : lease / 3;
        return TimeSpan.FromTicks(Math.Min(interval.Ticks * 3 / 2, (interval + lease).Ticks / 2));
    }

    /// <summary>The right to renew the lease that is in a slot now.</summary>
    public LeaseHandle HandleOf(int slot) =>
        new(slots.IndexOf(slot), LeaseWord.Generation(slots.Hot(slot).Word));

    /// <summary>A lease begins in a slot whose record is in its place.</summary>
    public void Start(int slot, Instance record, bool fresh, MonotonicTime now, bool homeElsewhere = false)
    {
        ref LeaseSlot lease = ref slots.Hot(slot);
        (int duration, int check) = LengthsOf(record, homeElsewhere);
        table.NoteLease(record.LeaseDuration);
        lease.SetLengths(duration, check);
        lease.Start(table.Clock.DeadlineTick(now, 0), fresh ? table.Generations.First(record.LeaseIndex) : LeaseWord.Generation(lease.Word));
        _wheel.Schedule(slot, (uint)lease.SilentSince(lease.Word));
    }

    /// <summary>A lease begins anew, with the lengths of <paramref name="record"/>.</summary>
    /// <remarks>If its home moves, the handles given out for it are void: a generation belongs to one home.</remarks>
    public void Restart(int slot, Instance record, MonotonicTime now, bool homeMoves = false)
    {
        ref LeaseSlot lease = ref slots.Hot(slot);
        slots.Cold(slot).Restored = false;
        (int duration, int check) = LengthsOf(record, slots.Cold(slot).Away);
        table.NoteLease(record.LeaseDuration);
        if (lease.Restart(table.Clock.DeadlineTick(now, 0), duration, check, homeMoves ? table.Generations : null) is { } silentSince)
        {
            table.Guard.Returned(silentSince);
        }

        // The interval may be shorter than the one it is filed by (I2).
        _wheel.Remove(slot);
        _wheel.Schedule(slot, (uint)lease.SilentSince(lease.Word));
    }

    /// <summary>A lease ends at somebody's word.</summary>
    public void End(int slot)
    {
        ref LeaseSlot lease = ref slots.Hot(slot);
        long word;
        do
        {
            word = lease.Word;
        } while (!lease.TryEnd(word, table.Generations));

        LeaveGuard(slot, LeaseWord.IsSilent(word) ? lease.SilentSince(word) : null);
        _wheel.Remove(slot);
    }

    /// <summary>Takes the next slot that is due up to <paramref name="tick"/>, if <paramref name="budget"/> is left.</summary>
    public bool TryTake(long tick, ref int budget, out int slot) => _wheel.TryTake((uint)tick, ref budget, out slot);

    /// <summary>Looks at the lease of a slot that was taken: ends it if it is over and may end, else files it again.</summary>
    /// <returns>Null: it goes on.</returns>
    public LeaseEnd? TryEnd(int slot, long tick)
    {
        ref LeaseSlot lease = ref slots.Hot(slot);
        ref ColdSlot cold = ref slots.Cold(slot);
        if (!cold.Watched)
        {
            cold.Watched = true;
            table.Guard.Watch();
        }

        while (true)
        {
            long word = lease.Word;
            long deadline = LeaseWord.Deadline(word);
            long silentSince = lease.SilentSince(word);
            if (deadline > tick)
            {
                SetHeld(ref cold, false);
            }

            if (!LeaseWord.IsSilent(word))
            {
                if (silentSince > tick)
                {
                    _wheel.Schedule(slot, (uint)Math.Min(deadline, silentSince));
                    return null;
                }

                if (lease.TryFallSilent(word))
                {
                    // Also if it is over already: the guard judges this miss before the lease may end, at the next tick.
                    table.Guard.FellSilent(silentSince);
                    _wheel.Schedule(slot, (uint)Math.Max(deadline, tick + 1));
                    return null;
                }
            }
            else if (deadline > tick)
            {
                _wheel.Schedule(slot, (uint)deadline);
                return null;
            }
            else if (!table.Guard.Allows(silentSince))
            {
                SetHeld(ref cold, true);
                _wheel.Schedule(slot, (uint)(tick + _heldRecheckTicks));
                return null;
            }
            else if (lease.TryEnd(word, table.Generations))
            {
                return Ended(deadline, silentSince, ref cold);
            }
        }
    }

    private LeaseEnd Ended(long deadline, long silentSince, ref ColdSlot cold)
    {
        bool held = cold.Held;
        bool afterGuard = held || table.Guard.Condemned(silentSince);
        SetHeld(ref cold, false);
        table.Guard.Ended(silentSince);
        return new LeaseEnd(deadline, held, afterGuard ? ChangeCause.ExpiredAfterGuard : ChangeCause.Expired);
    }

    // Its home ends a lease; the others leave it one more duration for that, and for the news to arrive.
    private (int DurationTicks, int CheckTicks) LengthsOf(Instance record, bool away)
    {
        TimeSpan more = away && !table.Planted(PlantedFaults.NoTimeForTheHome) ? record.LeaseDuration : TimeSpan.Zero;
        int check = Math.Max(1, table.Clock.Ticks(SilenceAllowed(record) + more));
        return (table.Clock.Ticks(record.LeaseDuration + table.Options.LeaseGrace + more), check);
    }

    private void LeaveGuard(int slot, long? silentSince)
    {
        ref ColdSlot cold = ref slots.Cold(slot);
        SetHeld(ref cold, false);
        if (cold.Watched)
        {
            table.Guard.Cancelled(silentSince);
        }
    }

    private void SetHeld(ref ColdSlot cold, bool held)
    {
        if (cold.Held != held)
        {
            cold.Held = held;
            table.Guard.CountHeld(held ? 1 : -1);
        }
    }
}

/// <summary>A lease that has just ended because nobody renewed it.</summary>
/// <param name="Deadline">The tick at which it was to end.</param>
/// <param name="WasHeld">True if the guard kept it beyond that.</param>
/// <param name="Cause">Expired, or expired after the guard had its say.</param>
internal readonly record struct LeaseEnd(long Deadline, bool WasHeld, ChangeCause Cause);
