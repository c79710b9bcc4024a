namespace Rollcall.Core.Replication;

/// <summary>Which coded symbols an item is part of: symbol 0, then ever sparser, symbol i with a probability of 1 / (1 + i/2).</summary>
/// <remarks>Source: Yang, Gilad and Alizadeh 2024, "Practical Rateless Set Reconciliation", section 4.2, alpha = 0.5.</remarks>
internal struct SymbolMapping(ulong item)
{
    private ulong _random = ItemHash.Mix(item ^ 0xA0761D6478BD642F) | 1;

    /// <summary>The next symbol that the item is part of.</summary>
    public ulong Index { get; private set; }

    /// <summary>Goes to the one after.</summary>
    public void Advance()
    {
        _random *= 0xDA942042E4DD58B5;
        Index += (ulong)Math.Ceiling((Index + 1.5) * ((4294967296.0 / Math.Sqrt(_random + 1.0)) - 1));
    }
}

/// <summary>A coded symbol: what the items that are part of it leave behind when each of them is added by exclusive or.</summary>
/// <param name="Sum">Of the items, 48 bits.</param>
/// <param name="Check">Of the checks of the items, 32 bits: tells a symbol that holds one item from one that holds several.</param>
internal record struct Symbol(ulong Sum, uint Check)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Bytes = 10;

    private const int ItemBits = 48;

    /// <summary>What stands for a record in one exchange; a salt of the exchange, so that two that collide do not in the next.</summary>
    public static ulong ItemOf(ulong itemHash, ulong salt) => ItemHash.Mix(itemHash ^ salt) >> (64 - ItemBits);

    /// <summary>True if nothing is left.</summary>
    public readonly bool IsEmpty => Sum == 0 && Check == 0;

    /// <summary>True if one item is left.</summary>
    public readonly bool IsOne => CheckOf(Sum) == Check && !IsEmpty;

    /// <summary>Adds an item, or takes it out.</summary>
    public void Toggle(ulong item) => this = new Symbol(Sum ^ item, Check ^ CheckOf(item));

    /// <summary>The difference of two.</summary>
    public readonly Symbol Less(Symbol other) => new(Sum ^ other.Sum, Check ^ other.Check);

    private static uint CheckOf(ulong item) => (uint)(ItemHash.Mix(item + 0xE7037ED1A0B428DB) >> 32) | 1;
}
