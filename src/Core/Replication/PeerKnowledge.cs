using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>How much of one peer's content this node has: outlives the links to it.</summary>
/// <remarks>Owner: <see cref="ClusterNode"/>.</remarks>
internal sealed class PeerKnowledge
{
    /// <summary>The boot that <see cref="Applied"/> is a version of.</summary>
    public ulong Boot { get; private set; }

    /// <summary>All changes up to this version are applied, but for those before <see cref="RepairFrom"/>.</summary>
    public ulong Applied { get; set; }

    /// <summary>Changes before this version of the peer were not kept: a repair that compares this version or a later one brings them. 0: none is due.</summary>
    public ulong RepairFrom { get; private set; }

    /// <summary>When the digests were compared last and found, or made, equal.</summary>
    public MonotonicTime? EqualAt { get; set; }

    /// <summary>A link to the peer, as it is in this boot.</summary>
    public void Meet(ulong boot)
    {
        if (boot != Boot)
        {
            Boot = boot;
            Applied = 0;
            RepairFrom = 0;
            EqualAt = null;
        }
    }

    /// <summary>The changes before <paramref name="version"/> are not kept.</summary>
    public void Reset(ulong version)
    {
        if (version > Applied)
        {
            Applied = version;
            RepairFrom = version;
        }
    }

    /// <summary>A repair compared what the peer held at <paramref name="version"/>.</summary>
    public void Repaired(ulong version, MonotonicTime now)
    {
        EqualAt = now;
        if (version >= RepairFrom)
        {
            RepairFrom = 0;
        }
    }

    /// <summary>True if this node has all that the peer had at <paramref name="version"/>.</summary>
    public bool Has(RegistryVersion version) => version.Epoch == Boot && RepairFrom == 0 && Applied >= version.Number;
}
