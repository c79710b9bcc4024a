using System.Collections.Concurrent;
using System.Text;
using Rollcall.Bench.Pairing;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Fleet;

/// <summary>Every instance of a registry renewed once, in random order, in each way there is; and what that is compared with.</summary>
/// <remarks>
/// Before each pass one tick passes, so that each renewal really swaps its word. What a request would carry, handles or keys, lies
/// in the order of renewing, as in a buffer just read; the control arms get theirs in the same way.
/// </remarks>
internal sealed class RenewalArms(FleetRegistry registry)
{
    // A frame that renews many: 256 handles are 2 kB.
    private const int HandlesPerCall = 256;

    private readonly int[] _order = FleetRegistry.Shuffled(registry.Handles.Length);

    private int Count => _order.Length;

    /// <summary>By handle, many in one call.</summary>
    public Arm ManyByHandle(int handlesPerCall = HandlesPerCall)
    {
        LeaseHandle[] handles = [.. _order.Select(i => registry.Handles[i])];
        int[] unknown = new int[handlesPerCall];
        return new Arm(
            "renew many by handle",
            Count,
            (from, to) => to - from - registry.Registry.Renew(handles.AsSpan(from..to), registry.Now, unknown),
            Count
        )
        {
            ChunkSize = handlesPerCall,
            Prepare = registry.PassTick,
        };
    }

    /// <summary>By handle, one in a call.</summary>
    public Arm OneByHandle()
    {
        LeaseHandle[] handles = [.. _order.Select(i => registry.Handles[i])];
        return new Arm(
            "renew one by handle",
            Count,
            (from, to) =>
            {
                MonotonicTime now = registry.Now;
                long renewed = 0;
                for (int i = from; i < to; i++)
                {
                    renewed += registry.Registry.Renew(handles[i], now) ? 1 : 0;
                }

                return renewed;
            },
            Count
        )
        {
            Prepare = registry.PassTick,
        };
    }

    /// <summary>By key, from UTF-8.</summary>
    public Arm ByKey()
    {
        var keys = new PackedKeys(_order.Select(registry.Fleet.Key), Count);
        return new Arm(
            "renew by key",
            Count,
            (from, to) =>
            {
                MonotonicTime now = registry.Now;
                long renewed = 0;
                for (int i = from; i < to; i++)
                {
                    RenewResult result = registry.Registry.Renew(new InstanceKey(keys.Service(i), keys.Id(i)), null, now);
                    renewed += result.Outcome == RenewOutcome.Same ? 1 : 0;
                }

                return renewed;
            },
            Count
        )
        {
            Prepare = registry.PassTick,
        };
    }

    /// <summary>Control: a raw compare-and-swap of 8 bytes at a random place, and nothing else.</summary>
    public Arm RawSwap()
    {
        long[] words = new long[Count];
        long pass = 0;
        return new Arm(
            "raw compare-and-swap",
            Count,
            (from, to) =>
            {
                long swapped = 0;
                foreach (int i in _order.AsSpan(from..to))
                {
                    ref long word = ref words[i];
                    swapped += Interlocked.CompareExchange(ref word, pass, pass - 1) == pass - 1 ? 1 : 0;
                }

                return swapped;
            },
            Count
        )
        {
            Prepare = () => pass++,
        };
    }

    /// <summary>Control: leases in a <see cref="ConcurrentDictionary{TKey,TValue}"/>, the string to look up ready-made.</summary>
    public Arm DictionaryByString()
    {
        ConcurrentDictionary<string, NaiveLease> leases = Leases();
        string[] keys = [.. _order.Select(DictionaryKey)];
        long pass = 0;
        return new Arm(
            "ConcurrentDictionary by ready-made string",
            Count,
            (from, to) =>
            {
                long renewed = 0;
                for (int i = from; i < to; i++)
                {
                    renewed += leases.TryGetValue(keys[i], out NaiveLease? lease) && lease.Renew(pass) ? 1 : 0;
                }

                return renewed;
            },
            Count
        )
        {
            Prepare = () => pass++,
        };
    }

    /// <summary>Control: the same, looked up from UTF-8 without making a string.</summary>
    public Arm DictionaryByUtf8()
    {
        var leases = Leases().GetAlternateLookup<ReadOnlySpan<char>>();
        var keys = new PackedKeys(_order.Select(i => ((byte[])[], Encoding.UTF8.GetBytes(DictionaryKey(i)))), Count);
        long pass = 0;
        return new Arm(
            "ConcurrentDictionary looked up from UTF-8",
            Count,
            (from, to) =>
            {
                Span<char> key = stackalloc char[512];
                long renewed = 0;
                for (int i = from; i < to; i++)
                {
                    int length = Encoding.UTF8.GetChars(keys.Id(i), key);
                    renewed += leases.TryGetValue(key[..length], out NaiveLease? lease) && lease.Renew(pass) ? 1 : 0;
                }

                return renewed;
            },
            Count
        )
        {
            Prepare = () => pass++,
        };
    }

    private string DictionaryKey(int i) => $"{registry.Fleet.Service(i).ToUpperInvariant()}/{registry.Fleet.Id(i)}";

    private ConcurrentDictionary<string, NaiveLease> Leases()
    {
        var leases = new ConcurrentDictionary<string, NaiveLease>(Environment.ProcessorCount, Count);
        for (int i = 0; i < Count; i++)
        {
            leases[DictionaryKey(i)] = new NaiveLease();
        }

        return leases;
    }

    /// <summary>A lease as one would write it first: an object with its end.</summary>
    private sealed class NaiveLease
    {
        private long _endsAt;

        public bool Renew(long endsAt) => Interlocked.Exchange(ref _endsAt, endsAt) != endsAt;
    }
}
