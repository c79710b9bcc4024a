using System.Diagnostics;
using System.Runtime.InteropServices;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Snapshots;

/// <summary>Turns the changes of the stripes into the next snapshot.</summary>
/// <remarks>
/// <para>
/// I1: to publish, the counter is read first, giving V; then every stripe that holds changes is visited under its lock. A version is
/// taken, and its change kept, under one hold of the stripe's lock, and the stripe is marked before the version is taken. So every
/// change up to V is found, and what is published is exactly the changes up to V, in order. Later ones wait for the next turn.
/// </para>
/// <para>
/// I2: a writer publishes before it answers, so an acknowledged write is in the next snapshot read on this node. One of several
/// writers drains for all; the others find their version published when their turn comes. Readers never wait.
/// </para>
/// <para>I3: snapshot and journal move together: whoever sees the snapshot of V finds the changes up to V in the journal.</para>
/// </remarks>
internal sealed class SnapshotPublisher(StripeTable stripes, ChangeJournal journal, ContentDigest? digest = null)
{
    private readonly Lock _gate = new();
    private readonly List<Change> _waiting = []; // drained, not yet published; guarded by _gate
    private readonly VipUses _vipUses = new(); // guarded by _gate
    private Change[] _ordered = new Change[64]; // guarded by _gate
    private TreeEdit[] _edits = new TreeEdit[64]; // guarded by _gate
    private RegistrySnapshot _current = RegistrySnapshot.Empty;

    /// <summary>The snapshot of the last version published.</summary>
    public RegistrySnapshot Current => Volatile.Read(ref _current);

    /// <summary>See <see cref="RegistryService.Published"/>.</summary>
    public event Action? Published;

    /// <summary>Returns when the snapshot holds every change up to <paramref name="version"/>.</summary>
    public void Publish(ulong version)
    {
        if (Current.Version >= version)
        {
            return;
        }

        lock (_gate)
        {
            if (_current.Version >= version)
            {
                return; // another writer published it, and says so
            }

            PublishAll();
        }

        Published?.Invoke();
    }

    /// <summary>The digest of the current version. In a cluster only.</summary>
    public DigestReading ReadDigest(bool buckets)
    {
        lock (_gate)
        {
            return new DigestReading(_current, digest!.Root, buckets ? digest.Buckets.ToArray() : []);
        }
    }

    private void PublishAll()
    {
        ulong version = stripes.Version;
        stripes.DrainChanges(_waiting);
        ReadOnlySpan<Change> changes = TakeInOrder(version);
        Span<TreeEdit> edits = LatestPerKey(changes);
        SnapshotNode? root = SnapshotTree.Apply(_current.Root, edits);
        SnapshotEdit indexes = _current.Edit(_vipUses);
        foreach (ref readonly TreeEdit edit in edits)
        {
            indexes.Apply(edit, version);
            digest?.Replace(edit.Replaced, edit.Removed ? null : edit.Record);
        }

        journal.Append(changes);
        edits.Clear();
        Volatile.Write(ref _current, indexes.ToSnapshot(version, root));
        Array.Clear(_ordered, 0, changes.Length);
    }

    // Versions are dense, so a change's place is its version less the first.
    private ReadOnlySpan<Change> TakeInOrder(ulong upTo)
    {
        ulong first = _current.Version + 1;
        int count = (int)(upTo - _current.Version);
        if (_ordered.Length < count)
        {
            _ordered = new Change[Math.Max(count, _ordered.Length * 2)];
        }

        int later = 0;
        foreach (ref readonly Change change in CollectionsMarshal.AsSpan(_waiting))
        {
            if (change.Version <= upTo)
            {
                _ordered[(int)(change.Version - first)] = change;
            }
            else
            {
                _waiting[later++] = change;
            }
        }

        Debug.Assert(_waiting.Count - later == count, "I1: every version up to the one read is there");
        _waiting.RemoveRange(later, _waiting.Count - later);
        return _ordered.AsSpan(0, count);
    }

    private Span<TreeEdit> LatestPerKey(ReadOnlySpan<Change> changes)
    {
        if (_edits.Length < changes.Length)
        {
            _edits = new TreeEdit[Math.Max(changes.Length, _edits.Length * 2)];
        }

        for (int i = 0; i < changes.Length; i++)
        {
            _edits[i] = new TreeEdit(changes[i].Record, changes[i].Kind == ChangeKind.Removed) { Order = i };
        }

        Span<TreeEdit> edits = _edits.AsSpan(0, changes.Length);
        if (edits.Length < 2)
        {
            return edits;
        }

        edits.Sort(static (a, b) => SnapshotTree.Compare(a.Record, b.Record) is var byKey and not 0 ? byKey : a.Order - b.Order);
        int kept = 0;
        for (int i = 0; i < edits.Length; i++)
        {
            bool latest = i + 1 == edits.Length || SnapshotTree.Compare(edits[i].Record, edits[i + 1].Record) != 0;
            if (latest)
            {
                edits[kept++] = edits[i];
            }
        }

        edits[kept..].Clear();
        return edits[..kept];
    }
}
