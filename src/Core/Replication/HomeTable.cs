using Rollcall.Core.Leases;

namespace Rollcall.Core.Replication;

/// <summary>Which lease here is meant by each number of another node: how a renewal told by number finds its lease.</summary>
/// <remarks>
/// <para>Owner: the registry; its own lock, taken last.</para>
/// <para>
/// Shape: per node and boot, chunks of 1,024 handles by number, 16 bytes each, there only where a number is bound. A binding is never
/// undone: a lease whose home moves, or that ends, changes its generation, and the handle bound renews nothing any more.
/// </para>
/// <para>
/// I1: of two live leases that had a number in turn, the later one has it: news of the earlier, however late, does not take it away.
/// </para>
/// </remarks>
internal sealed class HomeTable(LeaseDirectory leases)
{
    // Leases of a boot longer ago have moved to another home or ended by now.
    private const int BootsKept = 3;

    private readonly Lock _gate = new();
    private readonly List<Origin> _origins = [];

    /// <summary>Binds the number of <paramref name="home"/> to a lease here; returns the place of the origin.</summary>
    public int Bind(in Home home, LeaseHandle handle)
    {
        lock (_gate)
        {
            int at = IndexOf(home.Node, home.Boot);
            if (at < 0)
            {
                at = Add(new Origin(home.Node, home.Boot));
            }

            uint chunk = home.Number >> LeaseDirectory.ChunkBits;
            if (!_origins[at].Chunks.TryGetValue(chunk, out Binding[]? bindings))
            {
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
            int at = IndexOf(node, boot);
            return at >= 0 && _origins[at].Chunks.TryGetValue(number >> LeaseDirectory.ChunkBits, out Binding[]? bindings)
                ? bindings[number & (LeaseDirectory.ChunkSize - 1)].Handle
                : default;
        }
    }

    private bool IsLive(LeaseHandle handle)
    {
        long word = handle.IsNone ? 0 : leases.At(handle.Index).Word;
        return !LeaseWord.IsFree(word) && LeaseWord.Generation(word) == handle.Generation;
    }

    private int Add(Origin added)
    {
        foreach (Origin old in _origins.Where(origin => origin.Node == added.Node).SkipLast(BootsKept - 1))
        {
            old.Chunks.Clear();
        }

        _origins.Add(added);
        return _origins.Count - 1;
    }

    private int IndexOf(uint node, ulong boot) => _origins.FindIndex(origin => origin.Node == node && origin.Boot == boot);

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
