using System.Collections.Immutable;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Regions;

/// <summary>The other regions that this node keeps copies of, and reads over several of them.</summary>
/// <remarks>Owner: the host adds, before transports start; any thread reads.</remarks>
public sealed class RemoteRegions
{
    // Sets of regions that readers ask for: clients of one fleet ask for one or two. Beyond, the oldest is made anew.
    private const int UnionsMax = 8;

    private readonly Lock _gate = new();
    private ImmutableList<RegionUnion> _unions = []; // guarded by _gate; the last used last
    private ImmutableArray<RemoteRegion> _all = [];
    private ulong _made;

    /// <summary>All, by name.</summary>
    public ImmutableArray<RemoteRegion> All => _all;

    /// <summary>Adds one.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(RemoteRegion region)
    {
        lock (_gate)
        {
            if (_all.Any(there => there.Name == region.Name))
            {
                throw new ArgumentException($"There is a region {region.Name} already.", nameof(region));
            }

            _all = [.. _all.Add(region).OrderBy(each => each.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Those of the names that are known, by name, each once.</summary>
    /// <param name="names">Separated by commas, in any case; others are ignored, the own region's among them.</param>
    public ImmutableArray<RemoteRegion> Named(string names)
    {
        ImmutableArray<RemoteRegion> all = _all;
        string[] wanted = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return all.IsEmpty ? [] : [.. all.Where(region => wanted.Contains(region.Name, StringComparer.OrdinalIgnoreCase))];
    }

    /// <summary>The registry and the copies of some regions as one content; the same object until one of them changes.</summary>
    /// <param name="own">The registry.</param>
    /// <param name="regions">From <see cref="Named"/>; not empty.</param>
    public RegistryContent Union(RegistrySnapshot own, ImmutableArray<RemoteRegion> regions)
    {
        RegionUnion union;
        lock (_gate)
        {
            union = _unions.Find(each => each.Regions.SequenceEqual(regions)) ?? new RegionUnion(regions, () => Interlocked.Increment(ref _made));
            _unions = _unions.Remove(union).Add(union);
            _unions = _unions.Count > UnionsMax ? _unions.RemoveAt(0) : _unions;
        }

        return union.Read(own);
    }
}
