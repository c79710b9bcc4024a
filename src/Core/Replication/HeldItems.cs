using System.Buffers.Binary;
using System.Numerics;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>What one side of a repair holds in the buckets that differ, as of one version: its items, and the records they stand for.</summary>
/// <remarks>Shape: 32 bytes a record, for as long as the repair lasts. Cost: one walk over the snapshot.</remarks>
internal sealed class HeldItems
{
    private readonly List<Instance> _records = [];
    private readonly List<ulong> _items = [];

    /// <summary>Of the records of <paramref name="snapshot"/> in the buckets whose bit is set.</summary>
    public HeldItems(RegistrySnapshot snapshot, ItemHash hash, ulong salt, IReadOnlyList<ulong> buckets)
    {
        Version = snapshot.Version;
        foreach (Instance record in snapshot.Instances())
        {
            ulong item = hash.Of(record, out int bucket);
            if ((buckets[bucket >> 6] & (1UL << (bucket & 63))) != 0)
            {
                item = Symbol.ItemOf(item, salt);
                _records.Add(record);
                _items.Add(item);
                Encoder.Add(item);
            }
        }
    }

    /// <summary>What they are as of.</summary>
    public ulong Version { get; }

    /// <summary>Their coded symbols.</summary>
    public SymbolEncoder Encoder { get; } = new();

    /// <summary>The records that some items stand for; items that are not here are passed over.</summary>
    public List<Instance> Find(IReadOnlySet<ulong> items)
    {
        var found = new List<Instance>();
        for (int i = 0; i < _items.Count; i++)
        {
            if (items.Contains(_items[i]))
            {
                found.Add(_records[i]);
            }
        }

        return found;
    }

    /// <summary>The items of these that are not here.</summary>
    public List<ulong> Missing(IReadOnlySet<ulong> items)
    {
        var missing = new HashSet<ulong>(items);
        missing.ExceptWith(_items);
        return [.. missing.Order()];
    }

    /// <summary>A bit for each bucket that differs.</summary>
    public static ulong[] Differing(IReadOnlyList<ulong> mine, IReadOnlyList<ulong> theirs)
    {
        var bits = new ulong[ItemHash.BucketCount / 64];
        for (int i = 0; i < ItemHash.BucketCount; i++)
        {
            bits[i >> 6] |= (mine[i] == theirs[i] ? 0UL : 1UL) << (i & 63);
        }

        return bits;
    }

    /// <summary>How many symbols to begin with.</summary>
    /// <remarks>
    /// Of m buckets, d differences leave m (1 - 1/m)^d equal; so k differing ones tell d. A changed record is two items. From where
    /// nearly all differ the guess is a lower bound, and more symbols are asked for.
    /// </remarks>
    public static int FirstGuess(IReadOnlyList<ulong> differing)
    {
        int buckets = differing.Sum(BitOperations.PopCount);
        double equal = Math.Max(1, ItemHash.BucketCount - buckets) / (double)ItemHash.BucketCount;
        return 16 + (int)(1.4 * -ItemHash.BucketCount * Math.Log(equal));
    }

    /// <summary>Symbols as bytes.</summary>
    public static byte[] Encode(Symbol[] symbols)
    {
        var bytes = new byte[symbols.Length * Symbol.Bytes];
        Span<byte> sum = stackalloc byte[8];
        for (int i = 0; i < symbols.Length; i++)
        {
            Span<byte> place = bytes.AsSpan(i * Symbol.Bytes, Symbol.Bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(sum, symbols[i].Sum);
            sum[..6].CopyTo(place);
            BinaryPrimitives.WriteUInt32LittleEndian(place[6..], symbols[i].Check);
        }

        return bytes;
    }

    /// <summary>The symbols in bytes; a rest that is none is passed over.</summary>
    public static Symbol[] Decode(ReadOnlySpan<byte> bytes)
    {
        var symbols = new Symbol[bytes.Length / Symbol.Bytes];
        Span<byte> sum = stackalloc byte[8];
        for (int i = 0; i < symbols.Length; i++)
        {
            sum.Clear();
            bytes.Slice(i * Symbol.Bytes, 6).CopyTo(sum);
            symbols[i] = new Symbol(
                BinaryPrimitives.ReadUInt64LittleEndian(sum),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[((i * Symbol.Bytes) + 6)..])
            );
        }

        return symbols;
    }
}
