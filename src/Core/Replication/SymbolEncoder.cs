using System.Runtime.InteropServices;

namespace Rollcall.Core.Replication;

/// <summary>The endless row of coded symbols of a set, made as far as it is asked for.</summary>
/// <remarks>Shape: 24 bytes an item. Cost: m symbols of n items O(n log m) in all, and one walk over the items each time more are asked for.</remarks>
internal sealed class SymbolEncoder
{
    private readonly List<(ulong Item, SymbolMapping Mapping)> _items = [];
    private ulong _made;

    /// <summary>Items in the set.</summary>
    public int Count => _items.Count;

    /// <summary>Adds an item, before the first symbol is asked for.</summary>
    public void Add(ulong item) => _items.Add((item, new SymbolMapping(item)));

    /// <summary>The next symbols.</summary>
    public Symbol[] Next(int count)
    {
        var symbols = new Symbol[count];
        ulong end = _made + (ulong)count;
        foreach (ref (ulong Item, SymbolMapping Mapping) entry in CollectionsMarshal.AsSpan(_items))
        {
            for (; entry.Mapping.Index < end; entry.Mapping.Advance())
            {
                symbols[entry.Mapping.Index - _made].Toggle(entry.Item);
            }
        }

        _made = end;
        return symbols;
    }
}
