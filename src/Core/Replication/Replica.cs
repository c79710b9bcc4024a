using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Replication;

/// <summary>A registry as its peers see it: what it knows of a key, what it holds by digest, and what they tell it.</summary>
/// <remarks>
/// <para>Threads: any, all at once; each call is as atomic as a write of <see cref="RegistryService"/>.</para>
/// <para>A peer's change is a change of this registry: it has a version here, is published, and travels on to the other peers.</para>
/// </remarks>
internal sealed class Replica(StripeTable stripes, SnapshotPublisher publisher, RegistryClock clock, ItemHash hash)
{
    private long _clocksAhead;

    /// <summary>What stands for a record in digests.</summary>
    public ItemHash Hash { get; } = hash;

    /// <summary>Leases that Java's servers keep alive.</summary>
    public JavaEcho ToldByJava { get; } = new();

    /// <summary>The shortest lease ever taken in.</summary>
    public TimeSpan ShortestLease => stripes.ShortestLease;

    /// <summary>States whose clock was too far ahead to be followed.</summary>
    public long ClocksAhead => Volatile.Read(ref _clocksAhead);

    /// <summary>Ends forgotten before their time because there were too many.</summary>
    public long TombstonesDropped
    {
        get
        {
            long dropped = 0;
            foreach (Stripe stripe in stripes.Stripes)
            {
                dropped += stripe.TombstonesDropped;
            }

            return dropped;
        }
    }

    /// <summary>No peer can be reached: if all leases fall silent now, this node is the suspect.</summary>
    public void SetIsolated(bool isolated) => stripes.Guard.Isolated = isolated;

    /// <summary>The digest of the version published.</summary>
    public DigestReading ReadDigest(bool buckets = false) => publisher.ReadDigest(buckets);

    /// <summary>All that is known of a key.</summary>
    public KeyState StateOf(InstanceKey key, MonotonicTime now)
    {
        HashedKey hashed = stripes.Hash(key);
        return stripes.Of(hashed.IdHash).StateOf(hashed, now);
    }

    /// <summary>What is known now of the key of <paramref name="record"/>, to be sent.</summary>
    public KeyedState KeyedStateOf(Instance record, MonotonicTime now) =>
        new(record.Service, record.IdUtf8.ToArray(), StateOf(InstanceKey.Of(record), now));

    /// <summary>Takes in what a peer knows of keys, and publishes what was news.</summary>
    /// <param name="states">What the peer knows.</param>
    /// <param name="via">The link it came by.</param>
    /// <param name="now">Now.</param>
    /// <param name="newer">Receives what this node knows better, if anybody wants to know.</param>
    /// <returns>How many were news.</returns>
    public int Apply(IReadOnlyList<KeyedState> states, ushort via, MonotonicTime now, List<KeyedState>? newer = null)
    {
        int applied = 0;
        var moment = new WriteMoment(now, clock.WallMs(now));
        foreach (KeyedState state in states)
        {
            Note(state.State, moment.WallMs);
            HashedKey hashed = stripes.Hash(state.Key);
            Stripe stripe = stripes.Of(hashed.IdHash);
            ApplyOutcome outcome = stripe.Apply(hashed, state, via, moment);
            applied += outcome.Applied ? 1 : 0;
            if (outcome.HasNewer)
            {
                newer?.Add(state with { State = stripe.StateOf(hashed, now) });
            }
        }

        publisher.Publish(stripes.Version);
        return applied;
    }

    /// <summary>The leases whose home is here and that were renewed at <paramref name="sinceTick"/> or later, by number.</summary>
    public NumberSet RenewedSince(long sinceTick)
    {
        var renewed = new NumberSet();
        Span<ulong> bits = stackalloc ulong[NumberSet.WordsPerChunk];
        for (int chunk = 0; chunk < stripes.Leases.ChunkCount; chunk++)
        {
            bits.Clear();
            Stripe stripe = stripes.Leases.OwnerOf((uint)chunk << LeaseDirectory.ChunkBits, out int firstSlot);
            if (stripe.RenewedSince(firstSlot, LeaseDirectory.ChunkSize, sinceTick, bits) > 0)
            {
                renewed.Add((uint)chunk, bits);
            }
        }

        return renewed;
    }

    /// <summary>The tick from which renewals after <paramref name="now"/> count.</summary>
    public long TickAt(MonotonicTime now) => stripes.Clock.DeadlineTick(now, 0);

    /// <summary>Renews the leases that another node's numbers mean; returns the numbers that mean none here.</summary>
    public List<uint> Renew(uint node, ulong boot, NumberSet numbers, MonotonicTime now)
    {
        long startTick = stripes.Clock.DeadlineTick(now, 0);
        var unknown = new List<uint>();
        foreach (uint number in numbers)
        {
            LeaseHandle handle = stripes.Homes!.Find(node, boot, number);
            if (handle.IsNone || !stripes.Guard.TryRenew(ref stripes.Leases.At(handle.Index), handle.Generation, startTick))
            {
                unknown.Add(number);
            }
        }

        return unknown;
    }

    /// <summary>What is known of the lease that a number of a node means; null if it means none, as far as this node knows.</summary>
    public KeyedState? ByNumber(uint node, ulong boot, uint number)
    {
        bool here = node == stripes.Node && boot == stripes.Boot;
        LeaseHandle handle = here ? new LeaseHandle(number, 0) : stripes.Homes!.Find(node, boot, number);
        if ((!here && handle.IsNone) || handle.Index >= (ulong)stripes.Leases.ChunkCount << LeaseDirectory.ChunkBits)
        {
            return null;
        }

        Stripe stripe = stripes.Leases.OwnerOf(handle.Index, out int slot);
        return stripe.StateAt(slot, handle.Generation, homeHere: here);
    }

    private void Note(in KeyState state, long wallMs)
    {
        ulong latest = Math.Max(state.Content.Revision.Clock, Math.Max(state.Override?.Revision.Clock ?? 0, state.Home.Clock));
        if (!stripes.NoteClock(latest, wallMs))
        {
            Interlocked.Increment(ref _clocksAhead);
        }
    }
}
