namespace Rollcall.Core.Leases;

/// <summary>The right to renew one lease: an index and a generation that cannot be guessed. Whoever holds it may renew.</summary>
/// <param name="Value">
/// Shape: lease index (<see cref="LeaseDirectory"/>) in the upper 32 bits, generation in the lower 28, the 4 between are zero.
/// 0 is no handle.
/// </param>
public readonly record struct LeaseHandle(ulong Value)
{
    internal LeaseHandle(uint index, uint generation)
        : this(((ulong)index << 32) | generation) { }

    /// <summary>True for the default value, which renews nothing.</summary>
    public bool IsNone => Value == 0;

    internal uint Index => (uint)(Value >> 32);

    internal uint Generation => (uint)Value;

    /// <summary>16 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
