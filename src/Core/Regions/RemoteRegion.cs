using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Regions;

/// <summary>Another region, whose registry somebody follows for us.</summary>
/// <remarks>
/// <para>Owner: any thread. The host fills it by what it hands in; readers take it as it is.</para>
/// <para>Cost: indexes are made when somebody reads them, O(instances) after a change; following alone makes none.</para>
/// </remarks>
/// <param name="name">Lower-case, as it stands in <c>regions=</c>.</param>
/// <param name="allowed">Which of its services may be seen from here. The copy holds no others.</param>
/// <param name="isFallback">True if reads of a service that has no instance here are answered from there.</param>
/// <param name="read">The copy as it is now.</param>
public sealed class RemoteRegion(string name, InstanceFilter allowed, bool isFallback, Func<RegionCopy> read)
{
    private readonly Lock _indexing = new();
    private RegistryVersion _indexed; // guarded by _indexing; of _snapshot
    private RegistrySnapshot _snapshot = RegistrySnapshot.Empty; // guarded by _indexing

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Which of its services may be seen from here.</summary>
    public InstanceFilter Allowed => allowed;

    /// <summary>True if reads of a service that has no instance here are answered from there.</summary>
    public bool IsFallback => isFallback;

    /// <summary>The copy as it is now.</summary>
    public RegionCopy Read() => read();

    /// <summary>The copy with its indexes; the same object until it changes. Its version is that of the remote registry.</summary>
    public RegistrySnapshot ReadSnapshot()
    {
        RegionCopy copy = read();
        lock (_indexing)
        {
            if (_indexed != copy.Version)
            {
                _snapshot = SnapshotOf(copy);
                _indexed = copy.Version;
            }

            return _snapshot;
        }
    }

    private static RegistrySnapshot SnapshotOf(RegionCopy copy)
    {
        TreeEdit[] edits = [.. copy.Instances.Select(record => new TreeEdit(record, false))];
        Array.Sort(edits, static (a, b) => SnapshotTree.Compare(a.Record, b.Record));
        SnapshotNode? root = SnapshotTree.Apply(null, edits);
        SnapshotEdit indexes = RegistrySnapshot.Empty.Edit(new VipUses());
        foreach (ref readonly TreeEdit edit in edits.AsSpan())
        {
            indexes.Apply(edit, copy.Version.Number);
        }

        return indexes.ToSnapshot(copy.Version.Number, root);
    }
}
