using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>What a node holds, in so few bytes that two nodes can compare it: one hash of all, and one per bucket of keys.</summary>
/// <remarks>
/// <para>Owner: <see cref="Snapshots.SnapshotPublisher"/>, under its lock: a digest is of one version.</para>
/// <para>Shape: exclusive or of the <see cref="ItemHash"/> of every live record. Ends are not in it: nodes forget them at different times.</para>
/// <para>Cost: two hashes per change, 0 bytes.</para>
/// </remarks>
internal sealed class ContentDigest(ItemHash hash, PlantedFaults faults = PlantedFaults.None)
{
    private readonly ulong[] _buckets = new ulong[ItemHash.BucketCount];

    /// <summary>The hash that all is made of.</summary>
    public ItemHash Hash { get; } = hash;

    /// <summary>Hash of all.</summary>
    public ulong Root { get; private set; }

    /// <summary>By bucket.</summary>
    public ReadOnlySpan<ulong> Buckets => _buckets;

    /// <summary>One record took the place of another, or came, or went.</summary>
    public void Replace(Instance? before, Instance? after)
    {
        if (after is null && faults.HasFlag(PlantedFaults.DigestMissesRemovals))
        {
            return;
        }

        Toggle(before);
        Toggle(after);
    }

    private void Toggle(Instance? record)
    {
        if (record is not null)
        {
            ulong item = Hash.Of(record, out int bucket);
            Root ^= item;
            _buckets[bucket] ^= item;
        }
    }
}

/// <summary>The digest of one version.</summary>
/// <param name="Snapshot">What it is the digest of.</param>
/// <param name="Root">Hash of all.</param>
/// <param name="Buckets">By bucket; empty if not asked for.</param>
internal sealed record DigestReading(Snapshots.RegistrySnapshot Snapshot, ulong Root, ulong[] Buckets);
