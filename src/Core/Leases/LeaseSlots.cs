using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Leases;

/// <summary>The leases of one stripe, and beside them what is touched less often, by slot: the stripe's own numbers from 0 on.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripe"/>. Slots are taken and freed under its lock, read and renewed without.</para>
/// <para>
/// Shape: three rows of chunks of 1,024, in a cluster a fourth for the homes; the rows are replaced when they grow, a chunk never. The chunks of leases are in the
/// <see cref="LeaseDirectory"/> as well, which gives a slot its index.
/// </para>
/// <para>
/// Publication: a slot's record and key are written before the word that makes it live, and cleared after the word that frees it.
/// </para>
/// <para>
/// A chunk without a live slot gives back its records and keys: both rows then hold the empty chunk that all share. Its leases stay,
/// because their words remember which handles were given out.
/// </para>
/// </remarks>
internal sealed class LeaseSlots(LeaseDirectory directory, Stripe stripe, bool keepsHomes)
{
    private const int ChunkSize = LeaseDirectory.ChunkSize;

    private static readonly ColdSlot[] s_emptyCold = new ColdSlot[ChunkSize];
    private static readonly Instance?[] s_emptyRecords = new Instance?[ChunkSize];

    private LeaseSlot[][] _hot = [];
    private ColdSlot[][] _cold = [];
    private Instance?[][] _records = [];
    private HomeSlot[][] _homes = []; // in a cluster only; guarded by the stripe's lock
    private uint[] _firstIndexes = [];
    private int[] _live = []; // slots taken, by chunk
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <summary>The lease of a slot.</summary>
    public ref LeaseSlot Hot(int slot) => ref Volatile.Read(ref _hot)[ChunkOf(slot)][slot & (ChunkSize - 1)];

    /// <summary>The record of a slot; null if it is free.</summary>
    public Instance? Record(int slot) => Volatile.Read(ref Volatile.Read(ref Volatile.Read(ref _records)[ChunkOf(slot)])[slot & (ChunkSize - 1)]);

    public void SetRecord(int slot, Instance? record) =>
        Volatile.Write(ref _records[ChunkOf(slot)][slot & (ChunkSize - 1)], record);

    /// <summary>What the stripe remembers of a slot. Written under its lock.</summary>
    public ref ColdSlot Cold(int slot) => ref Volatile.Read(ref Volatile.Read(ref _cold)[ChunkOf(slot)])[slot & (ChunkSize - 1)];

    /// <summary>The home of a slot's lease. In a cluster only, under the stripe's lock.</summary>
    public ref HomeSlot Home(int slot) => ref _homes[ChunkOf(slot)][slot & (ChunkSize - 1)];

    /// <summary>The index of a slot, by which handles name it.</summary>
    public uint IndexOf(int slot) => _firstIndexes[ChunkOf(slot)] + (uint)(slot & (ChunkSize - 1));

    /// <summary>A free slot; <paramref name="fresh"/> if it was never used, so that it has no generation yet.</summary>
    public int Take(out bool fresh)
    {
        fresh = _freeCount == 0;
        if (fresh && _used == _hot.Length * ChunkSize)
        {
            AddChunk();
        }

        int slot = fresh ? _used++ : _free[--_freeCount];
        int chunk = ChunkOf(slot);
        if (_live[chunk]++ == 0)
        {
            Volatile.Write(ref _records[chunk], new Instance?[ChunkSize]);
            Volatile.Write(ref _cold[chunk], new ColdSlot[ChunkSize]);
            if (keepsHomes)
            {
                _homes[chunk] = new HomeSlot[ChunkSize];
            }
        }

        return slot;
    }

    /// <summary>Gives a slot back. Its word is free already.</summary>
    public void Free(int slot)
    {
        SetRecord(slot, null);
        Cold(slot) = default;
        int chunk = ChunkOf(slot);
        if (--_live[chunk] == 0)
        {
            Volatile.Write(ref _records[chunk], s_emptyRecords);
            Volatile.Write(ref _cold[chunk], s_emptyCold);
            if (keepsHomes)
            {
                _homes[chunk] = [];
            }
        }

        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(64, _free.Length * 2));
        }

        _free[_freeCount++] = slot;
    }

    private static int ChunkOf(int slot) => slot >> LeaseDirectory.ChunkBits;

    private void AddChunk()
    {
        var leases = new LeaseSlot[ChunkSize];
        _firstIndexes = [.. _firstIndexes, directory.Add(leases, stripe, _used)];
        _live = [.. _live, 0];
        _homes = keepsHomes ? [.. _homes, []] : _homes;
        Volatile.Write(ref _records, [.. _records, s_emptyRecords]);
        Volatile.Write(ref _cold, [.. _cold, s_emptyCold]);
        Volatile.Write(ref _hot, [.. _hot, leases]);
    }
}
