using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Soak;

/// <summary>Reads while others write: snapshots, deltas and documents, each of which must be whole and of one version.</summary>
internal sealed class SoakReader(SteppedRegistry under)
{
    private readonly EncodedSnapshotCache<EchoEncoder> _cache = new(under.Registry, new EchoEncoder(hideRenewals: true));
    private readonly Dictionary<NaiveKey, Instance> _replica = [];
    private ulong _version;

    public int Reads { get; private set; }

    /// <summary>An id that is always there, in two services, while everything around it comes and goes.</summary>
    public const string Anchor = "anchor-";

    /// <summary>How many ids are always there.</summary>
    public const int Anchors = 40;

    /// <summary>Follows the registry by deltas, and compares now and then with the snapshot they lead to.</summary>
    public void ReadOnce()
    {
        DeltaResult delta = under.Registry.ReadDelta(_version);
        Assert.Null(delta.Error);
        foreach (Change change in delta.Changes)
        {
            Assert.Equal(++_version, change.Version);
            Apply(change);
        }

        AssertAnchored(Reads % Anchors);
        Assert.Equal(delta.Snapshot.Version, _version);
        Assert.Equal(delta.Snapshot.Count, _replica.Count);
        if (++Reads % 50 == 0)
        {
            AssertConsistent(delta.Snapshot);
            Assert.All(delta.Snapshot.Instances(), record => Assert.Same(record, _replica[KeyOf(record)]));
        }
    }

    /// <summary>Reads the whole as a document and the latest changes as another.</summary>
    public void ReadDocuments()
    {
        RegistrySnapshot snapshot = under.Registry.ReadSnapshot();
        Assert.True(snapshot.Version >= _version, $"version {snapshot.Version} after {_version}");
        _version = snapshot.Version;
        DocumentCoding coding = ++Reads % 2 == 0 ? DocumentCoding.Plain : DocumentCoding.Gzip;
        EchoDocument full = EchoDocument.Parse(_cache.Full(snapshot, coding), coding);
        Assert.Equal(snapshot.Version, full.Version);
        Assert.Equal(snapshot.Instances().Select(Portrait.Of), full.Instances.Select(instance => instance.Portrait));
        Assert.Equal(snapshot.Counts.Of(InstanceStatus.Up), full.Counts[(int)InstanceStatus.Up]);

        EchoDocument delta = EchoDocument.Parse(_cache.Delta(snapshot, under.Now, coding)!, coding);
        Assert.Equal((snapshot.Version, full.Counts[0]), (delta.Version, delta.Counts[0]));
        AssertLeadsHere(delta, full);
        if (Reads % 20 == 0)
        {
            _cache.Trim();
        }
    }

    /// <summary>Count, counts by status, services and order agree within one snapshot.</summary>
    public static void AssertConsistent(RegistrySnapshot snapshot)
    {
        Instance[] all = [.. snapshot.Instances()];
        Assert.Equal(snapshot.Count, all.Length);
        Assert.Equal(snapshot.Count, snapshot.Counts.Total);
        foreach (InstanceStatus status in Enum.GetValues<InstanceStatus>())
        {
            Assert.Equal(all.Count(record => record.Status == status), snapshot.Counts.Of(status));
        }

        Assert.Equal(all, all.OrderBy(KeyOf, NaiveKey.Order));
        Assert.Equal(
            all.GroupBy(record => record.Service.Text).Select(service => (service.Key, service.Count())),
            snapshot.Services().Select(service => (service.Name.Text, service.Count))
        );
        string[] vips = ["even", "odd", "anchor"];
        Assert.Equal(snapshot.Count, vips.Sum(vip => snapshot.InstancesOfVip(vip, secure: false).Count()));
        Assert.All(all, record => Assert.True(record.Version <= snapshot.Version, "a record from the future"));
    }

    // What the delta says is there is in the full document with the same record; what it says is gone is not.
    private static void AssertLeadsHere(EchoDocument delta, EchoDocument full)
    {
        Dictionary<(string, string?), string> there = full.Instances.ToDictionary(IdOf, instance => instance.Portrait);
        foreach (EchoInstance instance in delta.Instances)
        {
            bool found = there.TryGetValue(IdOf(instance), out string? portrait);
            Assert.Equal(instance.Kind != ChangeKind.Removed, found);
            Assert.True(
                !found || portrait == instance.Portrait,
                $"the delta says {instance.Portrait}, the full document {portrait}"
            );
        }
    }

    private static (string, string?) IdOf(EchoInstance instance) => (instance.Service, Portrait.Field(instance.Portrait, "id"));

    private static NaiveKey KeyOf(Instance record) => new(record.Service.Text, record.Id);

    /// <summary>A look-up without a lock never misses what is there, nor finds the wrong one of two.</summary>
    private void AssertAnchored(int number)
    {
        Assert.NotNull(under.Find("anchor-b", $"{Anchor}{number}"));
        Assert.Equal("ANCHOR-A", under.FindById($"{Anchor}{number}")?.Service.Text);
        Assert.Null(under.Find("anchor-c", $"{Anchor}{number}"));
    }

    private void Apply(Change change)
    {
        if (change.Kind == ChangeKind.Removed)
        {
            Assert.True(_replica.Remove(KeyOf(change.Record)), "removed, but not there");
        }
        else
        {
            _replica[KeyOf(change.Record)] = change.Record;
        }
    }
}
