using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Core.Stripes;

/// <summary>From key to lease slot, for one stripe.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripe"/>. Written under its lock; read without.</para>
/// <para>
/// Shape: open addressing, linear probing, 8 bytes an entry: 16 bits of the id's hash, 16 of the service's, 32 of the slot. The
/// place comes from the id alone, so that an id can be found without its service; a stranger's entry is passed over without
/// touching its record. Full above three quarters, then it doubles.
/// </para>
/// <para>
/// I1: an entry never moves within one array, and between its home place and itself no entry is ever empty. So a reader without
/// the lock finds what was there before it started; a removed entry leaves a mark that only a new array drops.
/// </para>
/// <para>
/// Whoever is about to write, or to show a record, compares the key itself (<see cref="Find"/>). A renewal goes by the keyed hash
/// alone (<see cref="FindByHash"/>), and spares the three cache misses to the record, its text and its service: of the 128 bits
/// about 100 are compared, 48 between two services with one id. That a renewal of a key that is not there hits another takes
/// longer than memory errors do: of a million wrong ones a second, one in nine years where all have the id in common.
/// </para>
/// </remarks>
internal sealed class KeyTable(LeaseSlots slots)
{
    private const ulong Empty = 0;
    private const ulong Removed = 1;
    private const uint FirstSlot = 2;

    private const int SizeMin = 16;

    private ulong[] _entries = new ulong[SizeMin];
    private int _used; // entries that are not Empty

    /// <summary>Keys in the table.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of a key and its record; -1 if there is none. No lock, 0 bytes.</summary>
    public int Find(HashedKey key, out Instance? record)
    {
        ulong[] entries = Volatile.Read(ref _entries);
        uint tag = Tag(key);
        for (int at = Place(PlaceBits(key.IdHash), entries); ; at = (at + 1) & (entries.Length - 1))
        {
            ulong entry = Volatile.Read(ref entries[at]);
            if (entry == Empty)
            {
                record = null;
                return -1;
            }

            if ((uint)(entry >> 32) == tag && (uint)entry >= FirstSlot)
            {
                int slot = (int)((uint)entry - FirstSlot);
                record = slots.Record(slot);
                if (record is not null && record.Is(key.Key))
                {
                    return slot;
                }
            }
        }
    }

    /// <summary>The slot whose key has this hash; -1 if there is none. No lock, 0 bytes.</summary>
    public int FindByHash(HashedKey key)
    {
        ulong[] entries = Volatile.Read(ref _entries);
        uint tag = Tag(key);
        for (int at = Place(PlaceBits(key.IdHash), entries); ; at = (at + 1) & (entries.Length - 1))
        {
            ulong entry = Volatile.Read(ref entries[at]);
            if (entry == Empty)
            {
                return -1;
            }

            if ((uint)(entry >> 32) == tag && (uint)entry >= FirstSlot)
            {
                int slot = (int)((uint)entry - FirstSlot);
                if (IsAt(slot, key))
                {
                    return slot;
                }
            }
        }
    }

    /// <summary>True if the key in <paramref name="slot"/> has this hash.</summary>
    public bool IsAt(int slot, HashedKey key)
    {
        ref ColdSlot cold = ref slots.Cold(slot);
        return cold.KeyCheck == CheckBits(key) && cold.Place == PlaceBits(key.IdHash);
    }

    /// <summary>The record with an id whose service has the lowest name; null if there is none. No lock.</summary>
    public Instance? FindById(ReadOnlySpan<byte> id, ulong idHash)
    {
        ulong[] entries = Volatile.Read(ref _entries);
        Instance? lowest = null;
        for (int at = Place(PlaceBits(idHash), entries); ; at = (at + 1) & (entries.Length - 1))
        {
            ulong entry = Volatile.Read(ref entries[at]);
            if (entry == Empty)
            {
                return lowest;
            }

            if (entry >> 48 == IdTag(idHash) && (uint)entry >= FirstSlot)
            {
                Instance? record = slots.Record((int)((uint)entry - FirstSlot));
                bool lower = lowest is null || (record is not null && record.Service.CompareTo(lowest.Service) < 0);
                if (record is not null && lower && record.IdUtf8.SequenceEqual(id))
                {
                    lowest = record;
                }
            }
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(HashedKey key, int slot)
    {
        if ((_used + 1) * 4 > _entries.Length * 3)
        {
            Rebuild();
        }

        slots.Cold(slot).SetKey(PlaceBits(key.IdHash), CheckBits(key));
        Put(_entries, PlaceBits(key.IdHash), ((ulong)Tag(key) << 32) | ((uint)slot + FirstSlot));
        Count++;
    }

    /// <summary>Removes the key of <paramref name="slot"/>, which is there.</summary>
    public void Remove(int slot)
    {
        uint sought = (uint)slot + FirstSlot;
        int at = Place(slots.Cold(slot).Place, _entries);
        while ((uint)_entries[at] != sought)
        {
            at = (at + 1) & (_entries.Length - 1);
        }

        Volatile.Write(ref _entries[at], Removed);
        Count--;
    }

    /// <summary>Gives memory back if most of the table is empty or marks. Allocates the smaller one, so it is no part of a removal.</summary>
    public void Shrink()
    {
        if (Count * 8 < _entries.Length && _entries.Length > SizeMin)
        {
            Rebuild();
        }
    }

    private static uint Tag(HashedKey key) => ((uint)IdTag(key.IdHash) << 16) | (ushort)key.ServiceHash;

    private static ulong IdTag(ulong idHash) => idHash >> 48;

    // From bits 16 on; the stripe comes from those below, the tag from those above 48.
    private static uint PlaceBits(ulong idHash) => (uint)(idHash >> 16) & ColdSlot.KeyPlaceMask;

    // Both hashes, mixed: what one lacks in the other's bits does not cancel out.
    private static uint CheckBits(HashedKey key) => (uint)(((key.IdHash ^ (key.ServiceHash >> 32)) * 0x9E3779B97F4A7C15 + key.ServiceHash) >> 32);

    private static int Place(uint placeBits, ulong[] entries) => (int)placeBits & (entries.Length - 1);

    private void Put(ulong[] entries, uint placeBits, ulong entry)
    {
        int at = Place(placeBits, entries);
        while (entries[at] > Removed)
        {
            at = (at + 1) & (entries.Length - 1);
        }

        if (entries[at] == Empty)
        {
            _used++;
        }

        Volatile.Write(ref entries[at], entry);
    }

    // Doubles, or only drops the marks of removed entries if they are what fills it; halves when most of it is empty.
    private void Rebuild()
    {
        int size = SizeMin;
        while (size < (Count + 1) * 2)
        {
            size *= 2;
        }

        var entries = new ulong[size];
        _used = 0;
        foreach (ulong entry in _entries)
        {
            if ((uint)entry >= FirstSlot)
            {
                int slot = (int)((uint)entry - FirstSlot);
                Put(entries, slots.Cold(slot).Place, entry);
            }
        }

        Volatile.Write(ref _entries, entries);
    }
}
