using System.Runtime.CompilerServices;
using Rollcall.Core.Model;

namespace Rollcall.Core.Leases;

/// <summary>The leases of one stripe, in chunks that never move, and beside them what is touched less often.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripes.Stripe"/>. Slots are taken and freed under its lock, read and renewed without.</para>
/// <para>Shape: chunks of 1,024 slots; the list of chunks is replaced when it grows, a chunk never.</para>
/// <para>Publication: a slot's record is written before the word that makes it live, and cleared after the word that frees it.</para>
/// </remarks>
internal sealed class LeaseSlots
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;

    private Chunk[] _chunks = [];
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <summary>The hot part of a slot; null reference if there is no such slot.</summary>
    public ref LeaseSlot Hot(int slot)
    {
        Chunk[] chunks = Volatile.Read(ref _chunks);
        int chunk = slot >> ChunkBits;
        if ((uint)chunk >= (uint)chunks.Length)
        {
            return ref Unsafe.NullRef<LeaseSlot>();
        }

        return ref chunks[chunk].Hot[slot & (ChunkSize - 1)];
    }

    /// <summary>The record of a slot; null if it is free.</summary>
    public Instance? Record(int slot)
    {
        Chunk[] chunks = Volatile.Read(ref _chunks);
        return Volatile.Read(ref chunks[slot >> ChunkBits].Records[slot & (ChunkSize - 1)]);
    }

    public void SetRecord(int slot, Instance? record) =>
        Volatile.Write(ref _chunks[slot >> ChunkBits].Records[slot & (ChunkSize - 1)], record);

    /// <summary>What the stripe remembers of a slot, under its lock.</summary>
    public ref ColdSlot Cold(int slot) => ref _chunks[slot >> ChunkBits].Cold[slot & (ChunkSize - 1)];

    /// <summary>A free slot; <paramref name="fresh"/> if it was never used, so that it has no generation yet.</summary>
    public int Take(out bool fresh)
    {
        fresh = _freeCount == 0;
        if (!fresh)
        {
            return _free[--_freeCount];
        }

        if (_used == _chunks.Length * ChunkSize)
        {
            Volatile.Write(ref _chunks, [.. _chunks, new Chunk()]);
        }

        return _used++;
    }

    /// <summary>Gives a slot back. Its word is free already.</summary>
    public void Free(int slot)
    {
        SetRecord(slot, null);
        Cold(slot) = default;
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(64, _free.Length * 2));
        }

        _free[_freeCount++] = slot;
    }

    private sealed class Chunk
    {
        public LeaseSlot[] Hot { get; } = new LeaseSlot[ChunkSize];

        public Instance?[] Records { get; } = new Instance?[ChunkSize];

        public ColdSlot[] Cold { get; } = new ColdSlot[ChunkSize];
    }
}

/// <summary>What the stripe remembers of a slot beside the lease, in 4 bytes. Guarded by the stripe's lock.</summary>
internal struct ColdSlot
{
    private const uint WatchedFlag = 1u << 31;
    private const uint HeldFlag = 1u << 30;

    private uint _bits;

    /// <summary>The bits of the id's hash that say where the key belongs, so that the table grows without reading a key.</summary>
    public uint Place
    {
        readonly get => _bits & KeyPlaceMask;
        set => _bits = (_bits & ~KeyPlaceMask) | (value & KeyPlaceMask);
    }

    /// <summary>Looked at once: counted by the guard.</summary>
    public bool Watched
    {
        readonly get => (_bits & WatchedFlag) != 0;
        set => Set(WatchedFlag, value);
    }

    /// <summary>Past its end and kept by the guard, as of the last look.</summary>
    public bool Held
    {
        readonly get => (_bits & HeldFlag) != 0;
        set => Set(HeldFlag, value);
    }

    /// <summary>30 bits: a table of a thousand million places.</summary>
    public const uint KeyPlaceMask = HeldFlag - 1;

    private void Set(uint flag, bool value) => _bits = value ? _bits | flag : _bits & ~flag;
}
