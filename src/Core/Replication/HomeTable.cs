using Rollcall.Core.Leases;

namespace Rollcall.Core.Replication;

/// <summary>Which lease here is meant by each number of another node: how a renewal told by number finds its lease.</summary>
/// <remarks>
/// <para>Owner: the registry; its own lock, taken last.</para>
/// <para>
/// Shape: per node and boot, chunks of 1,024 handles by number, 16 bytes each, there only where a number is bound. A binding is never
/// undone: a lease whose home moves, or that ends, changes its generation, and the handle bound renews nothing any more. When there are
/// twice as many chunks as the last time, those that bind no live lease go: of boots that are over, and of numbers given anew. Beyond
/// 8 times what all leases of a full registry need nothing is bound: a peer that makes numbers up does not fill the memory.
/// </para>
/// <para>
/// I1: of two live leases that had a number in turn, the later one has it: news of the earlier, however late, does not take it away.
/// </para>
/// </remarks>
internal sealed class HomeTable(LeaseDirectory leases, int instancesMax)
{
    private const int SweepMin = 1_024;

    private readonly int _chunksMax = SweepMin + (8 * (instancesMax >> LeaseDirectory.ChunkBits));
    private readonly Lock _gate = new();
    private readonly List<Origin> _origins = []; // a place is for good: leases name it
    private readonly Dictionary<(uint Node, ulong Boot), int> _places = [];
    private int _chunks; // of all origins
    private int _sweepAt = SweepMin;

    /// <summary>Chunks of bindings, of all nodes.</summary>
    public int ChunkCount
    {
        get
        {
            lock (_gate)
            {
                return _chunks;
            }
        }
    }

    /// <summary>Binds the number of <paramref name="home"/> to a lease here; returns the place of the origin.</summary>
    public int Bind(in Home home, LeaseHandle handle)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue((home.Node, home.Boot), out int at))
            {
                at = _origins.Count;
                _origins.Add(new Origin(home.Node, home.Boot));
                _places.Add((home.Node, home.Boot), at);
            }

            uint chunk = home.Number >> LeaseDirectory.ChunkBits;
            if (!_origins[at].Chunks.TryGetValue(chunk, out Binding[]? bindings))
            {
                if (_chunks >= _sweepAt)
                {
                    Sweep();
                }

                if (_chunks >= _chunksMax)
                {
                    return at;
                }

                _chunks++;
                _origins[at].Chunks[chunk] = bindings = new Binding[LeaseDirectory.ChunkSize];
            }

            ref Binding binding = ref bindings[home.Number & (LeaseDirectory.ChunkSize - 1)];
            if (home.Clock >= binding.Clock || !IsLive(binding.Handle)) // I1
            {
                binding = new Binding(handle, home.Clock);
            }

            return at;
        }
    }

    /// <summary>The node and boot at a place that <see cref="Bind"/> returned.</summary>
    public (uint Node, ulong Boot) OriginAt(int place)
    {
        lock (_gate)
        {
            return (_origins[place].Node, _origins[place].Boot);
        }
    }

    /// <summary>The handle bound to a number; none: <see cref="LeaseHandle.IsNone"/>.</summary>
    public LeaseHandle Find(uint node, ulong boot, uint number)
    {
        lock (_gate)
        {
            return _places.TryGetValue((node, boot), out int at) && _origins[at].Chunks.TryGetValue(number >> LeaseDirectory.ChunkBits, out Binding[]? bindings)
                ? bindings[number & (LeaseDirectory.ChunkSize - 1)].Handle
                : default;
        }
    }

    private bool IsLive(LeaseHandle handle)
    {
        long word = handle.IsNone ? 0 : leases.At(handle.Index).Word;
        return !LeaseWord.IsFree(word) && LeaseWord.Generation(word) == handle.Generation;
    }

    private void Sweep()
    {
        foreach (Origin origin in _origins)
        {
            foreach ((uint chunk, Binding[] bindings) in origin.Chunks)
            {
                if (!Array.Exists(bindings, binding => IsLive(binding.Handle)))
                {
                    origin.Chunks.Remove(chunk); // which a Dictionary permits amid its enumeration
                    _chunks--;
                }
            }
        }

        _sweepAt = Math.Max(SweepMin, 2 * _chunks);
    }

    private sealed record Origin(uint Node, ulong Boot)
    {
        public Dictionary<uint, Binding[]> Chunks { get; } = [];
    }

    private readonly record struct Binding(LeaseHandle Handle, ulong Clock);
}

/// <summary>The home of one lease, in 16 bytes; of a lease whose home is here only <see cref="Clock"/> counts.</summary>
/// <param name="Clock"><see cref="Home.Clock"/>.</param>
/// <param name="Origin">Place of node and boot in the <see cref="HomeTable"/>.</param>
/// <param name="Number"><see cref="Home.Number"/>.</param>
internal readonly record struct HomeSlot(ulong Clock, int Origin, uint Number);
