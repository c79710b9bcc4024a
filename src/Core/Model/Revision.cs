using System.Runtime.InteropServices;

namespace Rollcall.Core.Model;

/// <summary>Which of two records of one instance is the newer: a total order, compared field by field in this order.</summary>
/// <remarks>Not a client's wall clock: that is <see cref="Instance.ClientStamp"/>, which orders nothing but exchanges with Java peers.</remarks>
/// <param name="Epoch">Raised by one when a node accepts a registration for a record that was another node's.</param>
/// <param name="Clock">Hybrid logical clock of the accepting node: milliseconds since 1970 in the upper 48 bits, a counter below.</param>
/// <param name="Node">The accepting node.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Revision(uint Epoch, ulong Clock, uint Node) : IComparable<Revision>
{
    /// <inheritdoc/>
    public int CompareTo(Revision other)
    {
        int byEpoch = Epoch.CompareTo(other.Epoch);
        if (byEpoch != 0)
        {
            return byEpoch;
        }

        int byClock = Clock.CompareTo(other.Clock);
        return byClock != 0 ? byClock : Node.CompareTo(other.Node);
    }

    /// <summary>True if <paramref name="left"/> is the older.</summary>
    public static bool operator <(Revision left, Revision right) => left.CompareTo(right) < 0;

    /// <summary>True if <paramref name="left"/> is the newer.</summary>
    public static bool operator >(Revision left, Revision right) => left.CompareTo(right) > 0;

    /// <summary>True if <paramref name="left"/> is not the newer.</summary>
    public static bool operator <=(Revision left, Revision right) => left.CompareTo(right) <= 0;

    /// <summary>True if <paramref name="left"/> is not the older.</summary>
    public static bool operator >=(Revision left, Revision right) => left.CompareTo(right) >= 0;
}
