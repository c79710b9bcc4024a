using Rollcall.Core.Model;

namespace Rollcall.Core.Snapshots;

/// <summary>Instances in order, and how many have each status: what a document of everything is made of. Immutable.</summary>
public class RegistryContent
{
    private readonly StatusCounts _counts;

    internal RegistryContent(ulong version, SnapshotNode? root, StatusCounts counts)
    {
        Version = version;
        Root = root;
        _counts = counts;
    }

    /// <summary>Version of the registry; of what is made of several, the number of what was made.</summary>
    public ulong Version { get; }

    /// <summary>Instances by status.</summary>
    public StatusCounts Counts => _counts;

    /// <summary>Number of instances.</summary>
    public int Count => Root?.Count ?? 0;

    internal SnapshotNode? Root { get; }

    /// <summary>All instances, by service name, then id, in the order of their UTF-8 bytes.</summary>
    public IEnumerable<Instance> Instances() => SnapshotTree.BlocksFrom(Root, null).SelectMany(block => block.Records);
}
