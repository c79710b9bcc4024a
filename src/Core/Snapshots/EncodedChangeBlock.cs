using System.Diagnostics;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Snapshots;

/// <summary>The bytes of up to <see cref="Size"/> changes in a row, of one format.</summary>
/// <remarks>
/// <para>Owner: <see cref="EncodedChangeLog{TEncoder}"/> appends, under its lock; anyone reads without one.</para>
/// <para>Shape: a block ends at a version that is a multiple of its size. It begins at <see cref="First"/>: later than others where what came before was not kept any more.</para>
/// <para>Publication: an entry is written before the count that covers it, and never again.</para>
/// </remarks>
internal sealed class EncodedChangeBlock(ulong first)
{
    // 32 bytes each: small beside the bytes it speaks of. Large enough that a thousand subscribers seldom meet at its end.
    public const int Size = 64;

    private readonly Entry[] _entries = new Entry[Size];
    private int _count;
    private byte[]?[]? _vips; // of each entry, when a filter first asks; races write the same
    private byte[]?[]? _secureVips;

    /// <summary>The first version in it.</summary>
    public ulong First { get; } = first;

    /// <summary>Its number among all blocks.</summary>
    public ulong Index { get; } = IndexOf(first);

    /// <summary>The last version that it will have.</summary>
    public ulong Last => (Index + 1) * Size;

    /// <summary>The first version that it does not have yet.</summary>
    public ulong Next => First + (ulong)Volatile.Read(ref _count);

    /// <summary>Bytes of its changes.</summary>
    public long Bytes { get; private set; }

    public static ulong IndexOf(ulong version) => (version - 1) / Size;

    public bool Has(ulong version) => version >= First && version < Next;

    /// <summary>Appends the change of version <see cref="Next"/>.</summary>
    /// <param name="record">The record.</param>
    /// <param name="piece">What those see whose filter selects it, and behind it what the others see.</param>
    /// <param name="whole">Length of the first part; of the second nothing is left, unless it may have left their filter.</param>
    public void Append(Instance record, ArraySegment<byte> piece, int whole)
    {
        Debug.Assert(Next <= Last, "a block takes no more than its size");
        _entries[_count] = new Entry(record, piece.Array!, piece.Offset, piece.Offset + whole, piece.Offset + piece.Count);
        Bytes += piece.Count;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Picks what a filter selects of the changes from one version to another, all of which are there.</summary>
    /// <returns>The first version that was not picked because it would have gone beyond <paramref name="bytesMax"/>; else behind the last.</returns>
    public ulong Pick(ulong from, ulong upTo, InstanceFilter filter, int bytesMax, ref PickedBytes picked)
    {
        for (ulong version = from; version <= upTo; version++)
        {
            int at = (int)(version - First);
            ref readonly Entry entry = ref _entries[at];
            (int start, int end) = Selects(filter, at) ? (entry.Start, entry.Middle)
                : filter.SelectsByAddress ? (entry.Middle, entry.End)
                : default;
            if (start < end && !picked.TryAdd(entry.Bytes, start, end, bytesMax))
            {
                return version;
            }
        }

        return upTo + 1;
    }

    private bool Selects(InstanceFilter filter, int at) =>
        filter.Kind switch
        {
            FilterKind.All => true,
            FilterKind.Services => filter.SelectsService(_entries[at].Record.Service),
            FilterKind.Vips => filter.SelectsAddresses(Addresses(ref _vips, at, filter)),
            _ => filter.SelectsAddresses(Addresses(ref _secureVips, at, filter)),
        };

    // Kept, because reading a record's text unpacks all of it.
    private byte[] Addresses(ref byte[]?[]? column, int at, InstanceFilter filter)
    {
        byte[]?[] lists = Volatile.Read(ref column) ?? Interlocked.CompareExchange(ref column, new byte[Size][], null) ?? column;
        return Volatile.Read(ref lists[at]) ?? (lists[at] = _entries[at].Record.Utf8(filter.AddressField).ToArray());
    }

    // What those see whose filter selects the record is from start to middle; what the others see from there to the end.
    private readonly record struct Entry(Instance Record, byte[] Bytes, int Start, int Middle, int End);
}
