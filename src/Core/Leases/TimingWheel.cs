using System.Diagnostics;
using System.Numerics;

namespace Rollcall.Core.Leases;

/// <summary>When each lease of one stripe is to be looked at.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripes.Stripe"/>; every call under that stripe's lock.</para>
/// <para>
/// Shape: four levels of 256 buckets; a bucket is a doubly linked list through the entries, an entry is 12 bytes. A look at level 0
/// is exact to the tick; one filed further off moves down a level each time its bucket comes up, so at most three times.
/// </para>
/// <para>Units: ticks of <see cref="RegistryOptions.WheelTick"/>, modulo 2^32; a due tick lies less than 2^31 ahead.</para>
/// <para>Cost: schedule and remove O(1), 0 bytes once grown; advance O(ticks passed + entries moved or due), within a budget.</para>
/// <para>Source: Varghese and Lauck 1987, scheme 7.</para>
/// </remarks>
internal sealed class TimingWheel
{
    // I1: an entry is in at most one bucket; Prev of the first entry is the bucket, as ~bucket.
    // I2: an entry at level L > 0 differs from Now in byte L, and in no higher byte (modulo the wrap of byte 3).
    // I3: no entry is due before Now, except those in the bucket of Now itself.
    private const int Levels = 4;
    private const int Buckets = 256;
    private const int None = -1;

    private readonly int[] _heads = new int[Levels * Buckets];
    private Entry[] _entries = [];

    /// <summary>A wheel that stands at <paramref name="now"/>.</summary>
    public TimingWheel(uint now)
    {
        Array.Fill(_heads, None);
        Now = now;
    }

    /// <summary>The tick reached.</summary>
    public uint Now { get; private set; }

    /// <summary>Entries filed.</summary>
    public int Count { get; private set; }

    /// <summary>Files <paramref name="entry"/>, which must not be filed, for <paramref name="due"/>; a tick that has passed counts as now.</summary>
    public void Schedule(int entry, uint due)
    {
        if (entry >= _entries.Length)
        {
            Grow(entry);
        }

        Debug.Assert(!_entries[entry].Filed, "an entry is filed once");
        if ((int)(due - Now) < 0)
        {
            due = Now;
        }

        _entries[entry].Due = due;
        Count++;
        Link(entry, due);
    }

    /// <summary>Takes <paramref name="entry"/> out; nothing happens if it is not filed.</summary>
    public void Remove(int entry)
    {
        if (entry < _entries.Length && _entries[entry].Filed)
        {
            Count--;
            Unlink(entry);
        }
    }

    /// <summary>Goes towards <paramref name="until"/> and takes out the next entry that is due on the way.</summary>
    /// <param name="until">The tick to reach; not before <see cref="Now"/>.</param>
    /// <param name="budget">Reduced by one for each entry moved or taken; at 0 the call returns and the next goes on from there.</param>
    /// <param name="entry">The entry taken.</param>
    /// <returns>False if <paramref name="until"/> is reached with nothing left due, or the budget is used up.</returns>
    public bool TryTake(uint until, ref int budget, out int entry)
    {
        while (budget > 0)
        {
            if ((Now & (Buckets - 1)) == 0 && !CascadeInto(Now, ref budget))
            {
                break;
            }

            entry = _heads[Now & (Buckets - 1)];
            if (entry != None)
            {
                budget--;
                Count--;
                Unlink(entry);
                return true;
            }

            if (Now == until)
            {
                break;
            }

            Now++;
        }

        entry = None;
        return false;
    }

    // Moves what byte 1, 2 and 3 of the tick reached bring up, highest first. Safe to repeat: an emptied bucket stays empty while
    // Now stands still, because what is scheduled meanwhile differs from Now in another byte (I2).
    private bool CascadeInto(uint tick, ref int budget)
    {
        int top = tick == 0 ? Levels - 1 : Math.Min(Levels - 1, BitOperations.TrailingZeroCount(tick) / 8);
        for (int level = top; level > 0; level--)
        {
            int bucket = Bucket(level, tick);
            while (_heads[bucket] != None)
            {
                if (budget-- <= 0)
                {
                    return false;
                }

                int entry = _heads[bucket];
                Unlink(entry);
                Link(entry, _entries[entry].Due);
            }
        }

        return true;
    }

    private static int Bucket(int level, uint tick) => (level * Buckets) + (int)((tick >> (8 * level)) & (Buckets - 1));

    private void Link(int entry, uint due)
    {
        uint differs = due ^ Now;
        int level = differs == 0 ? 0 : BitOperations.Log2(differs) / 8;
        int bucket = Bucket(level, due);
        int first = _heads[bucket];
        _entries[entry].Next = first;
        _entries[entry].Prev = ~bucket;
        if (first != None)
        {
            _entries[first].Prev = entry;
        }

        _heads[bucket] = entry;
    }

    private void Unlink(int entry)
    {
        Entry taken = _entries[entry];
        if (taken.Prev < 0)
        {
            _heads[~taken.Prev] = taken.Next;
        }
        else
        {
            _entries[taken.Prev].Next = taken.Next;
        }

        if (taken.Next != None)
        {
            _entries[taken.Next].Prev = taken.Prev;
        }

        _entries[entry].Prev = Entry.NotFiled;
    }

    private void Grow(int entry) => Array.Resize(ref _entries, Math.Max(16, Math.Max(entry + 1, _entries.Length * 2)));

    private struct Entry
    {
        public const int NotFiled = int.MinValue;

        private int _nextPlusOne;
        private int _prevCoded;

        public uint Due;

        // Coded so that a new array of zeros is an array of entries that are not filed.
        public int Next
        {
            readonly get => _nextPlusOne - 1;
            set => _nextPlusOne = value + 1;
        }

        public int Prev
        {
            readonly get => _prevCoded ^ NotFiled;
            set => _prevCoded = value ^ NotFiled;
        }

        public readonly bool Filed => Prev != NotFiled;
    }
}
