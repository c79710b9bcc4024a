using Rollcall.Bench.Pairing;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Fleet;

/// <summary>Reads of the core itself.</summary>
internal static class ReadArms
{
    private const int Reads = 10_000;

    // A subscriber that reads each second of a registry with 16 changes a second.
    private const int ChangesPerDelta = 16;

    /// <summary>Each instance looked up by key once, in random order.</summary>
    public static Arm Find(FleetRegistry fleet)
    {
        int count = fleet.Handles.Length;
        var keys = new PackedKeys(FleetRegistry.Shuffled(count).Select(fleet.Fleet.Key), count);
        return new Arm(
            "find by key",
            count,
            (from, to) =>
            {
                long found = 0;
                for (int i = from; i < to; i++)
                {
                    found += fleet.Registry.Find(new InstanceKey(keys.Service(i), keys.Id(i))) is null ? 0 : 1;
                }

                return found;
            },
            count
        );
    }

    /// <summary>The snapshot taken.</summary>
    public static Arm ReadSnapshot(FleetRegistry fleet) =>
        new(
            "read the snapshot",
            Reads,
            (from, to) =>
            {
                long right = 0;
                for (int i = from; i < to; i++)
                {
                    right += fleet.Registry.ReadSnapshot().Count == fleet.Handles.Length ? 1 : 0;
                }

                return right;
            },
            Reads
        );

    /// <summary>The last changes read.</summary>
    public static Arm ReadDelta(FleetRegistry fleet)
    {
        ulong since = fleet.Registry.ReadSnapshot().Version - ChangesPerDelta;
        return new(
            "read the last 16 changes",
            Reads,
            (from, to) =>
            {
                long changes = 0;
                for (int i = from; i < to; i++)
                {
                    changes += fleet.Registry.ReadDelta(since).Changes.Count;
                }

                return changes;
            },
            Reads * ChangesPerDelta
        );
    }
}
