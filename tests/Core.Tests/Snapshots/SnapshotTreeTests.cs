using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Snapshots;

/// <summary>
/// The persistent tree against a sorted dictionary: content, shape, sharing, and old versions that never change.
/// </summary>
public class SnapshotTreeTests(ITestOutputHelper output)
{
    private static readonly Lazy<Instance[]> Records = new(MakeRecords);

    [Theory]
    [InlineData(1, 1, 60)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 20, 60)]
    [InlineData(4, 300, 40)]
    [InlineData(5, 3_000, 50)]
    [InlineData(6, 3_000, 5)]
    public void Any_batches_of_edits_leave_what_a_sorted_dictionary_holds(int seed, int batchMax, int removedOfHundred)
    {
        var random = new Random(seed);
        var expected = new SortedDictionary<NaiveKey, Instance>(NaiveKey.Order);
        var versions = new List<(SnapshotNode? Root, Instance[] Content)>();
        SnapshotNode? root = null;
        for (int batch = 0; batch < 150; batch++)
        {
            // Now and then nearly all goes, or all is refilled, so that the tree grows and falls several times.
            int removed = batch % 50 > 40 ? 97 : removedOfHundred;
            Dictionary<NaiveKey, TreeEdit> edits = Drawn(random, 1 + random.Next(batchMax), removed, expected);
            root = SnapshotTree.Apply(root, Sorted(edits));
            foreach ((NaiveKey key, TreeEdit edit) in edits)
            {
                Take(expected, key, edit);
            }

            AssertSame(expected, root);
            AssertShape(root);
            if (batch % 10 == 0)
            {
                versions.Add((root, [.. expected.Values]));
            }
        }

        Assert.All(versions, version => Assert.Equal(version.Content, Content(version.Root), ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void One_edit_makes_one_path_anew_and_shares_the_rest()
    {
        SnapshotNode? root = SnapshotTree.Apply(
            null,
            Sorted(Records.Value.ToDictionary(KeyOf, record => new TreeEdit(record, false)))
        );
        var random = new Random(8);
        int most = 0;
        for (int i = 0; i < 500; i++)
        {
            HashSet<SnapshotNode> before = new(Nodes(root), ReferenceEqualityComparer.Instance);
            Instance record = Records.Value[random.Next(Records.Value.Length)];
            root = SnapshotTree.Apply(root, new[] { new TreeEdit(record, random.Next(2) == 0) });
            int made = Nodes(root).Count(node => !before.Contains(node));
            int encoded = Nodes(root).OfType<SnapshotBlock>().Where(block => !before.Contains(block)).Sum(block => block.Count);
            Assert.InRange(encoded, 0, 64);
            most = Math.Max(most, made);
        }

        output.WriteLine($"one edit of {Records.Value.Length} records makes at most {most} nodes anew");
        Assert.InRange(most, 1, (2 * Depth(root!)) + 1);
    }

    [Fact]
    public void A_tree_from_which_nearly_all_was_removed_is_as_small_as_a_new_one()
    {
        var all = Records.Value.ToDictionary(KeyOf, record => new TreeEdit(record, false));
        SnapshotNode? root = SnapshotTree.Apply(null, Sorted(all));
        int full = Nodes(root).Count();
        var random = new Random(9);
        foreach (Instance record in Records.Value.OrderBy(_ => random.Next()).Skip(100))
        {
            root = SnapshotTree.Apply(root, new[] { new TreeEdit(record, true) });
        }

        output.WriteLine($"{full} nodes hold {Records.Value.Length} records, {Nodes(root).Count()} the 100 left");
        Assert.Equal(100, root!.Count);
        AssertShape(root);
        Assert.InRange(Nodes(root).Count(), 1, 20);
    }

    [Fact]
    public void Removing_what_is_not_there_and_editing_nothing_change_nothing()
    {
        Assert.Null(SnapshotTree.Apply(null, []));
        Assert.Null(SnapshotTree.Apply(null, new[] { new TreeEdit(Records.Value[0], true) }));
        SnapshotNode? root = SnapshotTree.Apply(null, new[] { new TreeEdit(Records.Value[5], false) });
        Assert.Same(root, SnapshotTree.Apply(root, []));
        root = SnapshotTree.Apply(root, new[] { new TreeEdit(Records.Value[0], true) });
        Assert.Equal([Records.Value[5]], Content(root));
        Assert.Null(SnapshotTree.Apply(root, new[] { new TreeEdit(Records.Value[5], true) }));
    }

    [Fact]
    public void An_edit_says_what_it_replaced()
    {
        TreeEdit[] first = [new TreeEdit(Records.Value[5], false)];
        SnapshotNode? root = SnapshotTree.Apply(null, first);
        Assert.Null(first[0].Replaced);
        TreeEdit[] second = [new TreeEdit(Records.Value[5].Copy(), false)];
        root = SnapshotTree.Apply(root, second);
        Assert.Same(Records.Value[5], second[0].Replaced);
        TreeEdit[] third = [new TreeEdit(Records.Value[5], true)];
        SnapshotTree.Apply(root, third);
        Assert.Same(second[0].Record, third[0].Replaced);
    }

    // Few services of very different size, with ids that are prefixes of each other.
    private static Instance[] MakeRecords()
    {
        var from = new SteppedRegistry(SteppedRegistry.Unguarded);
        var records = new List<Instance>();
        foreach ((string service, int count) in new[] { ("a", 1), ("b", 3_000), ("bb", 40), ("c", 900), ("z", 2) })
        {
            for (int i = 0; i < count; i++)
            {
                from.Register(service, $"{i}");
                records.Add(from.Find(service, $"{i}")!);
            }
        }

        return [.. records];
    }

    private static NaiveKey KeyOf(Instance record) => new(record.Service.Text, record.Id);

    private static Dictionary<NaiveKey, TreeEdit> Drawn(
        Random random,
        int count,
        int removedOfHundred,
        SortedDictionary<NaiveKey, Instance> there
    )
    {
        Instance[] known = [.. there.Values];
        var edits = new Dictionary<NaiveKey, TreeEdit>();
        for (int i = 0; i < count; i++)
        {
            bool removed = random.Next(100) < removedOfHundred;
            Instance[] from = removed && known.Length > 0 ? known : Records.Value;
            Instance record = from[random.Next(from.Length)];
            edits[KeyOf(record)] = new TreeEdit(removed ? record : record.Copy(), removed);
        }

        return edits;
    }

    private static TreeEdit[] Sorted(Dictionary<NaiveKey, TreeEdit> edits) =>
        [.. edits.OrderBy(edit => edit.Key, NaiveKey.Order).Select(edit => edit.Value)];

    private static void Take(SortedDictionary<NaiveKey, Instance> expected, NaiveKey key, TreeEdit edit)
    {
        if (edit.Removed)
        {
            expected.Remove(key);
        }
        else
        {
            expected[key] = edit.Record;
        }
    }

    private static void AssertSame(SortedDictionary<NaiveKey, Instance> expected, SnapshotNode? root)
    {
        Assert.Equal(expected.Count, root?.Count ?? 0);
        Assert.Equal(expected.Values, Content(root), ReferenceEqualityComparer.Instance);
        foreach (Instance record in Records.Value.Where((_, i) => i % 97 == 0))
        {
            Assert.Same(expected.GetValueOrDefault(KeyOf(record)), SnapshotTree.Find(root, record.Service, record.IdUtf8));
        }

        foreach (string service in (string[])["A", "B", "BB", "C", "Z"])
        {
            // The first block with a record of the service, or of a later one, is among those that are walked.
            Instance[] from = [.. SnapshotTree.BlocksFrom(root, new ServiceName(service)).SelectMany(block => block.Records)];
            Assert.Equal(expected.Values.Where(r => r.Service.Text == service), from.Where(r => r.Service.Text == service));
        }
    }

    /// <summary>
    /// Blocks of 1..63 in strict order, all at one depth; counts and bounds true; no two neighbours that should have joined.
    /// </summary>
    private static void AssertShape(SnapshotNode? root)
    {
        Instance[] content = Content(root);
        for (int i = 1; i < content.Length; i++)
        {
            Assert.True(SnapshotTree.Compare(content[i - 1], content[i]) < 0, $"{content[i - 1]} before {content[i]}");
        }

        if (root is not null)
        {
            Assert.False(root is SnapshotBranch { Children.Length: 1 }, "a root with one child is that child");
            AssertNode(root, Depth(root));
        }
    }

    private static void AssertNode(SnapshotNode node, int depth)
    {
        if (node is SnapshotBlock block)
        {
            Assert.Equal(1, depth);
            Assert.InRange(block.Count, 1, SnapshotBlock.RecordsMax);
            Assert.Same(block.Records[0], block.First);
            Assert.Same(block.Records[^1], block.Last);
            return;
        }

        SnapshotNode[] children = ((SnapshotBranch)node).Children;
        Assert.InRange(children.Length, 1, SnapshotBranch.ChildrenMax);
        Assert.Equal(children.Sum(child => child.Count), node.Count);
        Assert.Same(children[0].First, node.First);
        Assert.Same(children[^1].Last, node.Last);
        Assert.All(children, child => AssertNode(child, depth - 1));
        for (int i = 1; i < children.Length; i++)
        {
            bool small = children[i - 1] is SnapshotBlock && Math.Min(children[i - 1].Count, children[i].Count) < 16;
            Assert.False(small && children[i - 1].Count + children[i].Count <= 48, "two small neighbours were not joined");
        }
    }

    private static int Depth(SnapshotNode node) => node is SnapshotBranch branch ? 1 + Depth(branch.Children[0]) : 1;

    private static Instance[] Content(SnapshotNode? root) =>
        [.. SnapshotTree.BlocksFrom(root, null).SelectMany(block => block.Records)];

    private static IEnumerable<SnapshotNode> Nodes(SnapshotNode? node) =>
        node switch
        {
            null => [],
            SnapshotBranch branch => branch.Children.SelectMany(Nodes).Prepend(branch),
            _ => [node],
        };
}
