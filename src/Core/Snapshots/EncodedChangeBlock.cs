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
    // 40 bytes each: small beside the bytes it speaks of. Large enough that a thousand subscribers seldom meet at its end.
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
    /// <param name="whole">What those see whose filter selects it.</param>
    /// <param name="left">What the others see: empty, unless it may have left their filter.</param>
    public void Append(Instance record, ArraySegment<byte> whole, ArraySegment<byte> left)
    {
        Debug.Assert(Next <= Last, "a block takes no more than its size");
        _entries[_count] = new Entry(record, whole, left);
        Bytes += whole.Count + left.Count;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The bytes of one change, which is there, for a filter; empty if there are none.</summary>
    public ArraySegment<byte> Piece(ulong version, InstanceFilter filter)
    {
        int at = (int)(version - First);
        ref readonly Entry entry = ref _entries[at];
        bool selected = filter.Kind switch
        {
            FilterKind.All => true,
            FilterKind.Services => filter.SelectsService(entry.Record.Service),
            FilterKind.Vips => filter.SelectsAddresses(Addresses(ref _vips, at, filter)),
            _ => filter.SelectsAddresses(Addresses(ref _secureVips, at, filter)),
        };
        return selected ? entry.Whole
            : filter.SelectsByAddress ? entry.Left
            : default;
    }

    // Kept, because reading a record's text unpacks all of it.
    private byte[] Addresses(ref byte[]?[]? column, int at, InstanceFilter filter)
    {
        byte[]?[] lists = Volatile.Read(ref column) ?? Interlocked.CompareExchange(ref column, new byte[Size][], null) ?? column;
        return Volatile.Read(ref lists[at]) ?? (lists[at] = _entries[at].Record.Utf8(filter.AddressField).ToArray());
    }

    private readonly record struct Entry(Instance Record, ArraySegment<byte> Whole, ArraySegment<byte> Left);
}
