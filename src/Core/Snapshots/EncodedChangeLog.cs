using System.Diagnostics;
using System.Runtime.InteropServices;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Snapshots;

/// <summary>The latest changes as bytes of one format: each encoded once, when first asked for, and shared by all who are to see it.</summary>
/// <remarks>
/// <para>
/// A subscriber is a version, up to which it has been sent all: it reads what comes after, for its filter, and so needs no queue of its
/// own. What is encoded is the whole change; a filter picks pieces.
/// </para>
/// <para>
/// Shape: blocks of <see cref="EncodedChangeBlock.Size"/> changes, by version. Kept are at most as many changes as the ring of changes
/// keeps (<see cref="RegistryOptions.ChangeRingCapacity"/>), and of those as many of the latest as take no more bytes than
/// permitted; the newest block is always kept.
/// </para>
/// <para>
/// I1: bytes once given out are never written again: segments stay valid as long as someone holds them, also when the log has let
/// go of them. I2: whatever is given up lies below what is kept, so nobody finds a gap.
/// </para>
/// <para>Threads: any, all at once. Only who comes first to a change takes a lock: to encode it.</para>
/// <para>Cost: 0 bytes a read of what is encoded; O(changes from <c>after</c> on).</para>
/// </remarks>
public sealed class EncodedChangeLog<TEncoder>
    where TEncoder : struct, IChangeEncoder
{
    private readonly RegistryService _registry;
    private readonly TEncoder _encoder;
    private readonly long _bytesMax;
    private readonly ulong _changesMax;
    private readonly Lock _gate = new();
    private readonly ByteArena _arena = new(); // guarded by _gate
    private readonly EncodedChangeBlock?[] _blocks; // by index modulo length; written under _gate
    private ulong _oldest = ulong.MaxValue; // no block below this index is kept; guarded by _gate
    private ulong _newest; // no block above this index is kept; guarded by _gate
    private ulong _givenUp; // versions up to this one are not encoded again; guarded by _gate
    private long _bytes; // guarded by _gate
    private long _encoded; // guarded by _gate

    /// <summary>A log of a registry's changes.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="encoder">The format.</param>
    /// <param name="bytesMax">Most bytes of changes kept, but for the newest.</param>
    public EncodedChangeLog(RegistryService registry, TEncoder encoder, long bytesMax)
    {
        _registry = registry;
        _encoder = encoder;
        _bytesMax = bytesMax;
        _changesMax = (ulong)registry.Options.ChangeRingCapacity;

        // The changes kept may begin and end within a block.
        _blocks = new EncodedChangeBlock?[(registry.Options.ChangeRingCapacity / EncodedChangeBlock.Size) + 2];
    }

    /// <summary>Changes encoded since the start.</summary>
    public long Encoded => Volatile.Read(ref _encoded);

    /// <summary>Bytes of the changes kept.</summary>
    public long BytesKept => Volatile.Read(ref _bytes);

    /// <summary>The changes behind a version that a filter selects, up to the registry's version or to the limit of bytes.</summary>
    /// <param name="after">The version that the reader has.</param>
    /// <param name="filter">What it wants.</param>
    /// <param name="bytesMax">Stops before the change that would go beyond; but one change is always given.</param>
    /// <param name="segments">Receives the bytes, behind what is in it. Neighbours come as one segment.</param>
    public ChangeRead Read(ulong after, InstanceFilter filter, int bytesMax, List<ReadOnlyMemory<byte>> segments)
    {
        ulong version = _registry.ReadSnapshot().Version;
        if (after > version || version - after > _changesMax)
        {
            return ChangeRead.Behind; // also if some of it is still here: all readers of a registry are told the same
        }

        var picked = new PickedBytes(segments);
        ulong reached = after;
        while (reached < version)
        {
            EncodedChangeBlock? block = BlockWith(reached + 1, version);
            if (block is null)
            {
                // What was read until it was given up is in order; the next read starts behind it, and is told.
                return reached == after ? ChangeRead.Behind : picked.End(reached);
            }

            ulong upTo = Math.Min(version, block.Next - 1);
            ulong next = block.Pick(reached + 1, upTo, filter, bytesMax, ref picked);
            reached = next - 1;
            if (next <= upTo)
            {
                break;
            }
        }

        return picked.End(reached);
    }

    /// <summary>The block that has the change of a version; null if it is not kept any more.</summary>
    private EncodedChangeBlock? BlockWith(ulong version, ulong upTo)
    {
        EncodedChangeBlock? block = Volatile.Read(ref Slot(EncodedChangeBlock.IndexOf(version)));
        if (block is not null && block.Has(version))
        {
            return block;
        }

        lock (_gate)
        {
            while (version > _givenUp)
            {
                block = BlockToAppend(EncodedChangeBlock.IndexOf(version), upTo);
                if (block is null || version < block.First)
                {
                    return null;
                }

                if (Encode(block, upTo))
                {
                    KeepWithinBytes();
                    return version > _givenUp ? block : null;
                }
            }

            return null;
        }
    }

    private EncodedChangeBlock? BlockToAppend(ulong index, ulong upTo)
    {
        EncodedChangeBlock? block = Slot(index);
        if (block?.Index == index)
        {
            return block;
        }

        if (block?.Index > index)
        {
            return null;
        }

        ulong ringStart = upTo - Math.Min(upTo, _changesMax);
        if (_oldest != ulong.MaxValue)
        {
            DropBelow(ringStart / EncodedChangeBlock.Size);
        }

        ulong first = Math.Max(index * EncodedChangeBlock.Size, Math.Max(ringStart, _givenUp)) + 1;
        if (EncodedChangeBlock.IndexOf(first) != index)
        {
            return null;
        }

        block = new EncodedChangeBlock(first);
        Volatile.Write(ref Slot(index), block);
        _oldest = Math.Min(_oldest, index);
        _newest = Math.Max(_newest, index);
        return block;
    }

    /// <summary>Appends what is missing up to a version; false if some of it is not kept any more.</summary>
    private bool Encode(EncodedChangeBlock block, ulong upTo)
    {
        ulong version = block.Next;
        ulong end = Math.Min(upTo, block.Last);
        bool there = true;
        for (; version <= end; version++)
        {
            there = _registry.TryReadChange(version, out Change change);
            if (!there)
            {
                break;
            }

            Append(block, change);
        }

        if (!there)
        {
            // Overwritten meanwhile, and so is all that came before.
            DropBelow(block.Index + 1);
            _givenUp = Math.Max(_givenUp, version);
        }

        return there;
    }

    private void Append(EncodedChangeBlock block, in Change change)
    {
        Debug.Assert(change.Version == block.Next, "changes are appended in order, without gaps");
        try
        {
            _encoder.WriteChange(_arena, change);
            int whole = _arena.Pending;
            if (change.AddressesDiffer)
            {
                _encoder.WriteLeft(_arena, change);
            }

            ArraySegment<byte> piece = _arena.TakePiece();
            block.Append(change.Record, piece, whole);
            _bytes += piece.Count;
            _encoded++;
        }
        finally
        {
            _arena.Abandon(); // an encoder that threw leaves no half of a piece behind
        }
    }

    private void KeepWithinBytes()
    {
        while (_bytes > _bytesMax && _oldest < _newest)
        {
            if (Slot(_oldest) is { } block && block.Index == _oldest)
            {
                _givenUp = Math.Max(_givenUp, block.Last);
            }

            DropBelow(_oldest + 1);
        }
    }

    private void DropBelow(ulong index)
    {
        ulong slots = (ulong)_blocks.Length;
        for (ulong i = Math.Max(_oldest, index - Math.Min(index, slots)); i < index; i++)
        {
            ref EncodedChangeBlock? slot = ref Slot(i);
            if (slot?.Index < index)
            {
                _bytes -= slot.Bytes;
                Volatile.Write(ref slot, null);
            }
        }

        _oldest = Math.Max(_oldest, index);
    }

    private ref EncodedChangeBlock? Slot(ulong index) => ref _blocks[(int)(index % (ulong)_blocks.Length)];
}

/// <summary>What a read of encoded changes found.</summary>
/// <param name="TooFarBehind">True if the changes behind the reader's version are not kept any more: it reads in full.</param>
/// <param name="Reached">The version that the reader has after it: changes that its filter does not select count as read.</param>
/// <param name="Count">Changes given.</param>
/// <param name="Bytes">Their bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChangeRead(bool TooFarBehind, ulong Reached, int Count, int Bytes)
{
    internal static ChangeRead Behind { get; } = new(true, 0, 0, 0);
}
