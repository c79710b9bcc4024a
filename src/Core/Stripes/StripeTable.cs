using System.Numerics;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Core.Stripes;

/// <summary>The stripes, and what they share: the version counter, the clocks, the guard.</summary>
internal sealed class StripeTable
{
    private readonly Stripe[] _stripes;
    private readonly KeyHash _hash;
    private readonly int _instancesMax;
    private readonly ulong[] _dirty; // a bit per stripe that holds changes not yet published

    private ulong _version;
    private ulong _clock;
    private int _count;

    public StripeTable(RegistryOptions options, uint node)
    {
        Options = options;
        Node = node;
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

    /// <summary>A revision later than all made here and all seen.</summary>
    public Revision NextRevision(uint epoch, long wallMs)
    {
        while (true)
        {
            ulong last = Volatile.Read(ref _clock);
            ulong next = Math.Max(last + 1, (ulong)Math.Max(0, wallMs) << 16);
            if (Interlocked.CompareExchange(ref _clock, next, last) == last)
            {
                return new Revision(epoch, next, Node);
            }
        }
    }
}
