using System.Numerics;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Core.Stripes;

/// <summary>The stripes, and what they share: the version counter, the clocks, the guard.</summary>
internal sealed class StripeTable
{
    // Another node's clock is followed this far ahead of the wall clock here.
    private static readonly TimeSpan s_clockAhead = TimeSpan.FromMinutes(5);

    private readonly Stripe[] _stripes;
    private readonly KeyHash _hash;
    private readonly int _instancesMax;
    private readonly ulong[] _dirty; // a bit per stripe that holds changes not yet published

    private ulong _version;
    private ulong _clock;
    private int _count;
    private long _shortestLeaseTicks = TimeSpan.TicksPerDay * 365;

    public StripeTable(RegistryOptions options, uint node, ulong boot = 0)
    {
        Options = options;
        Node = node;
        Boot = boot;
        Homes = options.Cluster is null ? null : new HomeTable(Leases, options.InstancesMax);
        _instancesMax = options.InstancesMax;
        _hash = new KeyHash(options.Seed);
        Clock = new LeaseClock(options);
        Guard = new ExpiryGuard(options);
        Generations = new GenerationSequence(_hash);
        _stripes = new Stripe[options.StripeCount];
        _dirty = new ulong[(options.StripeCount + 63) / 64];
        for (int i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe(this, i);
        }
    }

    public RegistryOptions Options { get; }

    public uint Node { get; }

    public ulong Boot { get; }

    /// <summary>Null: the registry stands alone.</summary>
    public HomeTable? Homes { get; }

    /// <summary>The shortest lease ever taken in; renewals travel to peers at a pace that suits it.</summary>
    public TimeSpan ShortestLease => new(Volatile.Read(ref _shortestLeaseTicks));

    /// <summary>When the leases of a former run began anew: one renewed since is confirmed.</summary>
    public long RestoredAtTick { get; set; }

    public LeaseClock Clock { get; }

    public ExpiryGuard Guard { get; }

    public GenerationSequence Generations { get; }

    public LeaseDirectory Leases { get; } = new();

    public ReadOnlySpan<Stripe> Stripes => _stripes;

    /// <summary>Version of the latest change made; it may not be published yet.</summary>
    public ulong Version => Volatile.Read(ref _version);

    public HashedKey Hash(InstanceKey key) => new(key, _hash.OfId(key.Id), _hash.OfService(key.Service));

    public ulong HashId(ReadOnlySpan<byte> id) => _hash.OfId(id);

    /// <summary>The stripe of an id: the same for all services, so that an id alone is looked up in one place.</summary>
    public Stripe Of(ulong idHash) => _stripes[(int)idHash & (_stripes.Length - 1)];

    /// <summary>True if a fault is to be made: by the simulator's tests alone.</summary>
    public bool Planted(PlantedFaults fault) => Options.Cluster is { } cluster && cluster.Faults.HasFlag(fault);

    /// <summary>A place for one more instance; false if the registry is full.</summary>
    public bool TryReserve()
    {
        if (Interlocked.Increment(ref _count) <= _instancesMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _count);

    /// <summary>
    /// The version of one change. Called under the lock of the stripe, which then keeps the change before it lets go of the lock:
    /// whoever reads the counter and then takes the lock of each stripe marked finds every change up to what was read.
    /// </summary>
    public ulong NextVersion(Stripe stripe)
    {
        Interlocked.Or(ref _dirty[stripe.Number >> 6], 1UL << stripe.Number);
        return Interlocked.Increment(ref _version);
    }

    /// <summary>Moves the changes that stripes hold to <paramref name="into"/>, visiting each stripe with changes under its lock.</summary>
    public void DrainChanges(List<Snapshots.Change> into)
    {
        for (int word = 0; word < _dirty.Length; word++)
        {
            for (ulong marks = Interlocked.Exchange(ref _dirty[word], 0); marks != 0; marks &= marks - 1)
            {
                _stripes[(word * 64) + BitOperations.TrailingZeroCount(marks)].DrainChanges(into);
            }
        }
    }

    public void NoteLease(TimeSpan duration)
    {
        long shortest = Volatile.Read(ref _shortestLeaseTicks);
        while (duration.Ticks < shortest)
        {
            shortest = Interlocked.CompareExchange(ref _shortestLeaseTicks, duration.Ticks, shortest);
        }
    }

    /// <summary>A revision later than all made here, and than <paramref name="known"/>.</summary>
    /// <param name="known">What it replaces.</param>
    /// <param name="wallMs">Now.</param>
    /// <param name="taken">True if an owner's word is accepted for what was another node's: see <see cref="Revision.Epoch"/>.</param>
    public Revision NextRevision(Revision known, long wallMs, bool taken = false)
    {
        uint epoch = Math.Max(1, known.Epoch) + (taken && known.Node != Node && known.Epoch > 0 ? 1u : 0);
        var next = new Revision(epoch, NextClock(wallMs), Node);

        // The other's clock may be ahead by more than is followed: then the epoch decides.
        return next > known ? next : next with { Epoch = known.Epoch + 1 };
    }

    /// <summary>A reading of the hybrid logical clock, later than all made here and all noted.</summary>
    public ulong NextClock(long wallMs)
    {
        while (true)
        {
            ulong last = Volatile.Read(ref _clock);
            ulong next = Math.Max(last + 1, (ulong)Math.Max(0, wallMs) << 16);
            if (Interlocked.CompareExchange(ref _clock, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Takes note of another node's clock; not of one that is far ahead, lest one wrong clock drag all along.</summary>
    /// <returns>False if it is too far ahead.</returns>
    public bool NoteClock(ulong clock, long wallMs)
    {
        ulong most = (ulong)Math.Max(0, wallMs + (long)s_clockAhead.TotalMilliseconds) << 16;
        ulong noted = Math.Min(clock, most);
        ulong last = Volatile.Read(ref _clock);
        while (noted > last)
        {
            ulong seen = Interlocked.CompareExchange(ref _clock, noted, last);
            if (seen == last)
            {
                break;
            }

            last = seen;
        }

        return clock <= most;
    }
}
