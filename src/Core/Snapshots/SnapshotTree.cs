using System.Diagnostics;
using Rollcall.Core.Model;

namespace Rollcall.Core.Snapshots;

/// <summary>A node of the tree of records: immutable once published, shared by all versions that have it in common.</summary>
/// <remarks>
/// Order: service name, then id, both by their UTF-8 bytes. A block knows nothing of services: one service of a million and a
/// million services of one are the same tree, and cost the same per change.
/// </remarks>
internal abstract class SnapshotNode
{
    private EncodingMemo? _memos;

    /// <summary>Records below this node.</summary>
    public abstract int Count { get; }

    /// <summary>The record with the lowest key.</summary>
    public abstract Instance First { get; }

    /// <summary>The record with the highest key.</summary>
    public abstract Instance Last { get; }

    /// <summary>What <paramref name="owner"/> keeps of this node; null if nothing.</summary>
    public EncodedPiece? Memo(object owner)
    {
        for (EncodingMemo? memo = Volatile.Read(ref _memos); memo is not null; memo = memo.Next)
        {
            if (ReferenceEquals(memo.Owner, owner))
            {
                return memo.Piece;
            }
        }

        return null;
    }

    /// <summary>Keeps what <paramref name="owner"/> made of this node.</summary>
    public void Keep(object owner, EncodedPiece piece)
    {
        EncodingMemo? next;
        do
        {
            next = Volatile.Read(ref _memos);
        } while (Interlocked.CompareExchange(ref _memos, new EncodingMemo(owner, piece, next), next) != next);
    }

    /// <summary>Drops what <paramref name="owner"/> keeps here and below.</summary>
    public virtual void Forget(object owner)
    {
        EncodingMemo? memos;
        EncodingMemo? left;
        do
        {
            memos = Volatile.Read(ref _memos);
            left = null;
            for (EncodingMemo? memo = memos; memo is not null; memo = memo.Next)
            {
                left = ReferenceEquals(memo.Owner, owner) ? left : new EncodingMemo(memo.Owner, memo.Piece, left);
            }
        } while (Interlocked.CompareExchange(ref _memos, left, memos) != memos);
    }

    private sealed record EncodingMemo(object Owner, EncodedPiece Piece, EncodingMemo? Next);
}

/// <summary>A leaf: the unit of encoding.</summary>
internal sealed class SnapshotBlock(Instance[] records) : SnapshotNode
{
    /// <summary>One short of 64, so that the two halves of a block that splits are together one block of 64 to encode.</summary>
    public const int RecordsMax = 63;

    public Instance[] Records { get; } = records;

    public override int Count => Records.Length;

    public override Instance First { get; } = records[0];

    public override Instance Last => Records[^1];
}

/// <summary>An inner node. Keeps what would otherwise be read from its children: they lie far apart.</summary>
internal sealed class SnapshotBranch : SnapshotNode
{
    public const int ChildrenMax = 32;

    public SnapshotBranch(SnapshotNode[] children)
        : this(children, children.Sum(child => child.Count)) { }

    private SnapshotBranch(SnapshotNode[] children, int count)
    {
        Children = children;
        First = children[0].First;
        Count = count;
    }

    public SnapshotNode[] Children { get; }

    public override int Count { get; }

    public override Instance First { get; }

    public override Instance Last => Children[^1].Last;

    /// <summary>This branch with another child at <paramref name="at"/>.</summary>
    public SnapshotBranch With(int at, SnapshotNode child)
    {
        var children = (SnapshotNode[])Children.Clone();
        children[at] = child;
        return new SnapshotBranch(children, Count + child.Count - Children[at].Count);
    }

    public override void Forget(object owner)
    {
        base.Forget(owner);
        foreach (SnapshotNode child in Children)
        {
            child.Forget(owner);
        }
    }
}

/// <summary>One change as the tree takes it in.</summary>
/// <param name="Record">The record; of a removal, the last one.</param>
/// <param name="Removed">True for a removal.</param>
internal record struct TreeEdit(Instance Record, bool Removed)
{
    /// <summary>Place in the order of versions, to tell the later of two edits of one key.</summary>
    public int Order { get; init; }

    /// <summary>Set by the tree: the record that was there.</summary>
    public Instance? Replaced { get; set; }
}

/// <summary>The persistent tree: a new root per batch of edits, everything else shared with the version before.</summary>
/// <remarks>
/// <para>Shape: blocks of 1..63 records under branches of at most 32 nodes; all blocks at one depth. Empty: a null root.</para>
/// <para>Cost: one edit copies one block and its path, O(log n); a batch copies each node it touches once.</para>
/// </remarks>
internal static class SnapshotTree
{
    // Below these a node joins its neighbour; far enough from the maximum that the next insertion does not split it again.
    private const int RecordsMin = 16;
    private const int ChildrenMin = 8;
    private const int JoinedRecordsMax = 48;
    private const int JoinedChildrenMax = 24;

    // Up to so many edits the path of each is copied; beyond, all children of a branch are walked once. A batch of 1,024 among a
    // million records has one or two for each of the lowest branches.
    private const int FewEdits = 4;

    public static int Compare(Instance record, ServiceName service, ReadOnlySpan<byte> id)
    {
        int byService = record.Service.CompareTo(service);
        return byService != 0 ? byService : record.IdUtf8.SequenceCompareTo(id);
    }

    public static int Compare(Instance left, Instance right) => Compare(left, right.Service, right.IdUtf8);

    /// <summary>The tree with <paramref name="edits"/>, which are sorted by key, one per key. Removing what is not there does nothing.</summary>
    public static SnapshotNode? Apply(SnapshotNode? root, Span<TreeEdit> edits)
    {
        if (edits.IsEmpty)
        {
            return root;
        }

        var top = new List<SnapshotNode>();
        if (root is null)
        {
            ApplyToRecords([], edits, top);
        }
        else
        {
            Apply(root, edits, top);
        }

        while (top.Count > 1)
        {
            var above = new List<SnapshotNode>();
            Split(top, SnapshotBranch.ChildrenMax, children => above.Add(new SnapshotBranch(children)));
            top = above;
        }

        return top.Count == 0 ? null : Flatten(top[0]);
    }

    /// <summary>The record of a key; null if there is none.</summary>
    public static Instance? Find(SnapshotNode? node, ServiceName service, ReadOnlySpan<byte> id)
    {
        while (node is SnapshotBranch branch)
        {
            node = branch.Children[ChildFor(branch.Children, service, id)];
        }

        if (node is not SnapshotBlock block)
        {
            return null;
        }

        int at = LowerBound(block.Records, service, id);
        return at < block.Records.Length && Compare(block.Records[at], service, id) == 0 ? block.Records[at] : null;
    }

    /// <summary>The blocks, in order, from the one that holds the first record not below the key.</summary>
    public static IEnumerable<SnapshotBlock> BlocksFrom(SnapshotNode? node, ServiceName? service)
    {
        switch (node)
        {
            case SnapshotBlock block:
                yield return block;
                break;
            case SnapshotBranch branch:
                int first = service is null ? 0 : ChildFor(branch.Children, service, default);
                for (int i = first; i < branch.Children.Length; i++)
                {
                    foreach (SnapshotBlock block in BlocksFrom(branch.Children[i], i == first ? service : null))
                    {
                        yield return block;
                    }
                }

                break;
        }
    }

    // A root with one child is that child.
    private static SnapshotNode Flatten(SnapshotNode node)
    {
        while (node is SnapshotBranch { Children.Length: 1 } branch)
        {
            node = branch.Children[0];
        }

        return node;
    }

    // Most edits come alone, or few to a branch, and leave the shape as it is: then the path is copied, and nothing beside it is
    // looked at. Null: a node would become too large or too small.
    private static SnapshotNode? TryApplyInShape(SnapshotNode node, ref TreeEdit edit)
    {
        if (node is SnapshotBranch branch)
        {
            int at = ChildFor(branch.Children, edit.Record.Service, edit.Record.IdUtf8);
            return TryApplyInShape(branch.Children[at], ref edit) is { } child ? branch.With(at, child) : null;
        }

        Instance[] records = ((SnapshotBlock)node).Records;
        int place = LowerBound(records, edit.Record.Service, edit.Record.IdUtf8);
        bool there = place < records.Length && Compare(records[place], edit.Record) == 0;
        int count = records.Length + (edit.Removed ? 0 : 1) - (there ? 1 : 0);
        if (count is < RecordsMin or > SnapshotBlock.RecordsMax || (edit.Removed && !there))
        {
            return null;
        }

        edit.Replaced = there ? records[place] : null;
        var after = new Instance[count];
        records.AsSpan(0, place).CopyTo(after);
        records.AsSpan(place + (there ? 1 : 0)).CopyTo(after.AsSpan(place + (edit.Removed ? 0 : 1)));
        if (!edit.Removed)
        {
            after[place] = edit.Record;
        }

        return new SnapshotBlock(after);
    }

    private static void Apply(SnapshotNode node, Span<TreeEdit> edits, List<SnapshotNode> into)
    {
        for (; edits.Length is > 0 and <= FewEdits && TryApplyInShape(node, ref edits[0]) is { } same; edits = edits[1..])
        {
            node = same;
        }

        if (edits.IsEmpty)
        {
            into.Add(node);
        }
        else if (node is SnapshotBlock block)
        {
            ApplyToRecords(block.Records, edits, into);
        }
        else
        {
            ApplyToChildren(((SnapshotBranch)node).Children, edits, into);
        }
    }

    private static void ApplyToChildren(SnapshotNode[] children, Span<TreeEdit> edits, List<SnapshotNode> into)
    {
        var after = new List<SnapshotNode>(children.Length + 1);
        for (int i = 0; i < children.Length; i++)
        {
            int mine = i + 1 < children.Length ? CountBelow(edits, children[i + 1].First) : edits.Length;
            Apply(children[i], edits[..mine], after);
            edits = edits[mine..];
        }

        Join(after);
        Split(after, SnapshotBranch.ChildrenMax, part => into.Add(new SnapshotBranch(part)));
    }

    private static void ApplyToRecords(ReadOnlySpan<Instance> records, Span<TreeEdit> edits, List<SnapshotNode> into)
    {
        var after = new List<Instance>(records.Length + edits.Length);
        int next = 0;
        foreach (ref TreeEdit edit in edits)
        {
            while (next < records.Length && Compare(records[next], edit.Record) < 0)
            {
                after.Add(records[next++]);
            }

            if (next < records.Length && Compare(records[next], edit.Record) == 0)
            {
                edit.Replaced = records[next++];
            }

            if (!edit.Removed)
            {
                after.Add(edit.Record);
            }
        }

        after.AddRange(records[next..]);
        Split(after, SnapshotBlock.RecordsMax, part => into.Add(new SnapshotBlock(part)));
    }

    // Joins nodes that have become small with a neighbour, so that a tree from which much was removed is as flat as a new one.
    private static void Join(List<SnapshotNode> nodes)
    {
        for (int i = 0; i + 1 < nodes.Count;)
        {
            SnapshotNode? joined = TryJoin(nodes[i], nodes[i + 1]);
            if (joined is null)
            {
                i++;
            }
            else
            {
                nodes[i] = joined;
                nodes.RemoveAt(i + 1);
            }
        }
    }

    private static SnapshotNode? TryJoin(SnapshotNode left, SnapshotNode right)
    {
        if (left is SnapshotBlock { Records: var l } && right is SnapshotBlock { Records: var r })
        {
            bool small = l.Length < RecordsMin || r.Length < RecordsMin;
            return small && l.Length + r.Length <= JoinedRecordsMax ? new SnapshotBlock([.. l, .. r]) : null;
        }

        (SnapshotNode[] a, SnapshotNode[] b) = (((SnapshotBranch)left).Children, ((SnapshotBranch)right).Children);
        bool few = a.Length < ChildrenMin || b.Length < ChildrenMin;
        if (!few || a.Length + b.Length > JoinedChildrenMax)
        {
            return null;
        }

        var children = new List<SnapshotNode>([.. a, .. b]);
        Join(children);
        return new SnapshotBranch([.. children]);
    }

    // Parts of equal size, as few as fit.
    private static void Split<T>(List<T> items, int max, Action<T[]> add)
    {
        int parts = (items.Count + max - 1) / max;
        for (int part = 0, start = 0; part < parts; part++)
        {
            int end = (int)((long)items.Count * (part + 1) / parts);
            add([.. items[start..end]]);
            start = end;
        }
    }

    private static int ChildFor(SnapshotNode[] children, ServiceName service, ReadOnlySpan<byte> id)
    {
        int low = 0;
        for (int high = children.Length - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            if (Compare(children[middle].First, service, id) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private static int LowerBound(Instance[] records, ServiceName service, ReadOnlySpan<byte> id)
    {
        int low = 0;
        for (int high = records.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (Compare(records[middle], service, id) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static int CountBelow(Span<TreeEdit> edits, Instance bound)
    {
        int low = 0;
        for (int high = edits.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (Compare(edits[middle].Record, bound) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
