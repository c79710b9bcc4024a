using System.Collections.Immutable;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Regions;

/// <summary>The registry and the copies of some regions as one content, made anew when one of them has changed.</summary>
/// <remarks>
/// <para>An instance that several have is shown once: as the registry has it, else as the first region by name has it.</para>
/// <para>
/// Shape: the remote records are put into the registry's own tree; what no remote record falls into is shared with it, and so are the
/// bytes it is encoded as.
/// </para>
/// <para>Cost: after a change O(remote records), here and for the encoder.</para>
/// </remarks>
/// <param name="regions">By name.</param>
/// <param name="next">A number that no union has had: whoever knows the number knows the content.</param>
internal sealed class RegionUnion(ImmutableArray<RemoteRegion> regions, Func<ulong> next)
{
    private readonly Lock _making = new();
    private RegistrySnapshot[] _parts = []; // what _content was made of; guarded by _making
    private RegistryContent _content = RegistrySnapshot.Empty; // guarded by _making

    public ImmutableArray<RemoteRegion> Regions => regions;

    public RegistryContent Read(RegistrySnapshot own)
    {
        lock (_making)
        {
            RegistrySnapshot[] parts = [own, .. regions.Select(region => region.ReadSnapshot())];
            if (!parts.AsSpan().SequenceEqual(_parts))
            {
                _content = Make(own, parts.AsSpan(1), next());
                _parts = parts;
            }

            return _content;
        }
    }

    private static RegistryContent Make(RegistrySnapshot own, ReadOnlySpan<RegistrySnapshot> remotes, ulong version)
    {
        StatusCounts counts = own.Counts;
        SnapshotNode? root = own.Root;
        foreach (RegistrySnapshot remote in remotes)
        {
            var edits = new List<TreeEdit>(remote.Count);
            foreach (Instance record in remote.Instances())
            {
                if (SnapshotTree.Find(root, record.Service, record.IdUtf8) is null)
                {
                    edits.Add(new TreeEdit(record, false));
                    counts.Add(record.Status, 1);
                }
            }

            root = SnapshotTree.Apply(root, edits.ToArray());
        }

        return new RegistryContent(version, root, counts);
    }
}
