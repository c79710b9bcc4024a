using System.Runtime.InteropServices;

namespace Rollcall.Core.Replication;

/// <summary>The node that the owner of an instance renewed at last: it alone ends the lease when it is over.</summary>
/// <remarks>A register of its own, so that a renewal at another node moves the home without touching what the owner said.</remarks>
/// <param name="Node">The node.</param>
/// <param name="Boot">Its boot epoch: numbers have a meaning within one boot only.</param>
/// <param name="Number"><see cref="Model.Instance.Number"/> there: by it renewals are told.</param>
/// <param name="Clock">Hybrid logical clock of the node when it became the home.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Home(uint Node, ulong Boot, uint Number, ulong Clock)
{
    /// <summary>No number is as high: in no registry are more instances, whatever its limits, and what few places are left over.</summary>
    public const uint NumbersMax = 1 << 26;

    /// <summary>Which of two homes is the newer.</summary>
    public int CompareTo(Home other)
    {
        int byClock = Clock.CompareTo(other.Clock);
        int byNode = byClock != 0 ? byClock : Node.CompareTo(other.Node);
        int byBoot = byNode != 0 ? byNode : Boot.CompareTo(other.Boot);
        return byBoot != 0 ? byBoot : Number.CompareTo(other.Number);
    }
}
