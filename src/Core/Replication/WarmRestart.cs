using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Replication;

/// <summary>What a registry writes so that a later run of the node knows it, and what the later run makes of it.</summary>
/// <remarks>
/// <para>
/// Restored records are provisional: a full lease to be renewed in (where their home was this node; where it was another, as long as
/// any node gives that), and no claim of their own. They keep their revision, so <see cref="MergeRule"/> gives way to whatever is
/// newer; and as nobody has renewed them here, an expiry that a peer tells is not taken for wrong.
/// </para>
/// <para>Ends come along: what was cancelled does not come back from a peer that does not know it.</para>
/// </remarks>
internal sealed class WarmRestart(StripeTable stripes, SnapshotPublisher publisher, RegistryOptions options)
{
    // In the order of the snapshot, so that what is published together is next to each other.
    private const int StatesPerPublish = 4_096;

    // Of a registry that stands alone: what it restores has a lease to be confirmed, and nobody knows better.
    private static readonly TimeSpan s_aloneAgeMax = TimeSpan.FromHours(1);

    private string ClusterId => options.Cluster?.ClusterId ?? "";

    /// <summary>Older, an image might bring back what nobody remembers to have ended.</summary>
    private TimeSpan AgeMax => options.Cluster?.TombstoneLife ?? s_aloneAgeMax;

    /// <summary>All that is known.</summary>
    public RegistryImage Read(WriteMoment moment)
    {
        RegistrySnapshot snapshot = publisher.Current;
        ulong clock = stripes.NextClock(moment.WallMs);
        return new RegistryImage(ClusterId, stripes.Node, clock, moment.WallMs, snapshot.Count, StatesOf(snapshot, moment.Now));
    }

    /// <summary>Takes back what a former run knew.</summary>
    public RestoreResult Restore(RegistryImage image, WriteMoment moment)
    {
        if (publisher.Current.Version != 0)
        {
            throw new InvalidOperationException("Only an empty registry takes back what a former run wrote.");
        }

        if (Refusal(image, moment.WallMs) is { } error)
        {
            return new RestoreResult(error);
        }

        stripes.NoteClock(image.Clock, moment.WallMs);
        stripes.RestoredAtTick = stripes.Clock.DeadlineTick(moment.Now, 0);
        int left = 0;
        int taken = 0;
        foreach (KeyedState state in image.States)
        {
            HashedKey hashed = stripes.Hash(state.Key);
            left += stripes.Of(hashed.IdHash).Apply(hashed, state, via: 0, moment, restoring: true).Refused ? 1 : 0;
            if (++taken % StatesPerPublish == 0)
            {
                publisher.Publish(stripes.Version);
            }
        }

        publisher.Publish(stripes.Version);
        return new RestoreResult(null, publisher.Current.Count, left);
    }

    private IEnumerable<KeyedState> StatesOf(RegistrySnapshot snapshot, MonotonicTime now)
    {
        foreach (Instance record in snapshot.Instances())
        {
            HashedKey hashed = stripes.Hash(InstanceKey.Of(record));
            KeyState state = stripes.Of(hashed.IdHash).StateOf(hashed, now);
            if (state.Content.Record is not null)
            {
                yield return new KeyedState(record.Service, record.IdUtf8.ToArray(), state);
            }
        }

        // What has ended since the snapshot, too.
        for (int i = 0; i < stripes.Stripes.Length; i++)
        {
            foreach (KeyedState end in stripes.Stripes[i].Ends(now))
            {
                yield return end;
            }
        }
    }

    private RegistryError? Refusal(RegistryImage image, long wallMs)
    {
        TimeSpan age = TimeSpan.FromMilliseconds(Math.Max(0, wallMs - image.WrittenAtMs));
        return image.ClusterId != ClusterId
                ? Refused($"it is of {Named(image.ClusterId)}, and this is {Named(ClusterId)}", "Give each a directory of its own.")
            : options.NodeId != 0 && image.Node != options.NodeId
                ? Refused($"it is of node {image.Node:x}, and this is node {options.NodeId:x}", "Give each node a directory of its own.")
            : age > AgeMax ? Refused(TooOld(age), "What has ended since might come back: start without it.")
            : null;
    }

    private string TooOld(TimeSpan age) =>
        $"it is {DurationText.Show(TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes)))} old, the limit is {DurationText.Show(AgeMax)}"
        + (options.Cluster is null ? "" : " (ClusterOptions.TombstoneLife: then ends are forgotten)");

    private static string Named(string cluster) => cluster.Length == 0 ? "a registry that stands alone" : $"cluster '{cluster}'";

    private static RegistryError Refused(string why, string remedy) =>
        RegistryError.Invalid("Cannot restore what a former run wrote", why, remedy);
}
