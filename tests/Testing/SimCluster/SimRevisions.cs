using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>What one node has said of each key in one boot: it never goes back. So what has ended does not return by anything older.</summary>
internal sealed class SimRevisions(SimNode node)
{
    private readonly Dictionary<string, (Revision Revision, ChangeCause Cause)> _newest = [];

    /// <summary>It has written this, and takes it back.</summary>
    public void Note(KeyedState state) =>
        _newest[state.Key.ToString()] = (state.State.Content.Revision, state.State.Content.Record is null ? state.State.Content.End : ChangeCause.Restored);

    /// <summary>It says this.</summary>
    public void Note(in Change change)
    {
        bool ofContent = change.Cause is not (ChangeCause.StatusSet or ChangeCause.StatusCleared);
        if (!ofContent)
        {
            return;
        }

        string key = InstanceKey.Of(change.Record).ToString();
        bool restored = change.Cause == ChangeCause.Restored;
        if (_newest.TryGetValue(key, out var newest) && (restored ? change.Revision < newest.Revision : change.Revision <= newest.Revision))
        {
            throw new SimFailureException(
                $"node {node.Id}: {key} went back from {newest.Cause} at {newest.Revision} to {change.Cause} at {change.Revision}"
            );
        }

        _newest[key] = (change.Revision, change.Cause);
    }
}
