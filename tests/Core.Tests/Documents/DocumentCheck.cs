using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Tests.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Documents;

/// <summary>Compares the documents of one cache with the naive registry, as a program runs.</summary>
internal sealed class DocumentCheck(ModelRun run)
{
    private static readonly DocumentCoding[] Codings = Enum.GetValues<DocumentCoding>();

    private readonly EncodedSnapshotCache<EchoEncoder> _cache = new(run.Real.Registry, new EchoEncoder(hideRenewals: true), new FramingPacker());
    private readonly List<(EncodedDocument Document, DocumentCoding Coding, byte[] Bytes)> _kept = [];
    private RegistrySnapshot? _older;
    private int _steps;

    public int EveryNthStep { get; init; } = 1;

    public void AfterStep(ModelRun same)
    {
        if (++_steps % EveryNthStep != 0)
        {
            return;
        }

        RegistrySnapshot snapshot = run.Real.Registry.ReadSnapshot();
        CheckAll(snapshot);
        CheckDelta(snapshot);
        CheckOlder();
        CheckKept();
        if (_steps % 7 == 0)
        {
            _cache.Trim();
            _older = snapshot;
        }
    }

    private void CheckAll(RegistrySnapshot snapshot)
    {
        var fresh = new EncodedSnapshotCache<EchoEncoder>(run.Real.Registry, new EchoEncoder(hideRenewals: true), new FramingPacker());
        foreach (DocumentCoding coding in Codings)
        {
            EncodedDocument full = _cache.Full(snapshot, coding);
            EchoDocument read = AssertHolds(full, coding, DocumentKind.Full, run.Naive.Sorted, AllCounts());
            Assert.Equal(snapshot.Version, read.Version);
            AssertSameAsFresh(full, fresh.Full(snapshot, coding), coding);
            _kept.Add((full, coding, EchoDocument.Bytes(full)));
            foreach (string service in (string[])["orders", "ORDERS", "straße", "Ɐ", "nobody"])
            {
                CheckService(snapshot, service, coding);
            }

            foreach (string vip in (string[])["shop", "shop-v2", "nobody"])
            {
                CheckVip(snapshot, vip, coding);
            }
        }
    }

    private void CheckService(RegistrySnapshot snapshot, string service, DocumentCoding coding)
    {
        string canonical = service.ToUpperInvariant();
        NaiveInstance[] expected = [.. run.Naive.Sorted.Where(i => i.Key.Service == canonical)];
        EncodedDocument? document = _cache.Service(snapshot, service, coding);
        Assert.Equal(expected.Length > 0, document is not null);
        if (document is not null)
        {
            EchoDocument read = AssertHolds(document, coding, DocumentKind.Service, expected, CountsOf(expected));
            Assert.InRange(read.Version, LastChangeOf(record => record.Key.Service == canonical), snapshot.Version);
        }
    }

    private void CheckVip(RegistrySnapshot snapshot, string vip, DocumentCoding coding)
    {
        foreach (bool secure in (bool[])[false, true])
        {
            bool HasVip(NaiveInstance i) => ((secure ? i.Sent.SecureVips : i.Sent.Vips) ?? "").Split(',').Contains(vip);

            NaiveInstance[] expected = [.. run.Naive.Sorted.Where(HasVip)];
            EncodedDocument document = _cache.Vip(snapshot, vip, secure, coding);
            EchoDocument read = AssertHolds(document, coding, DocumentKind.Vip, expected, CountsOf(expected));
            Assert.InRange(read.Version, LastChangeOf(HasVip), snapshot.Version);
        }
    }

    /// <summary>
    /// What changed within the retention must be there with its latest record; what is older by a stall gap, and by the second
    /// for which a delta is kept, must not.
    /// </summary>
    private void CheckDelta(RegistrySnapshot snapshot)
    {
        long retentionTicks = run.Options.DeltaRetention.Ticks;
        long spareTicks = (run.Options.StallGap + TimeSpan.FromSeconds(1)).Ticks;
        (NaiveChange Change, long AtMs, long Age)[] latest =
        [
            .. run
                .Naive.Changes.Zip(run.Changed, (change, at) => (change, at.AtMs, run.Real.Now.Ticks - at.At.Ticks))
                .GroupBy(change => change.change.Record.Key)
                .Select(changes => changes.Last())
                .OrderBy(change => change.change.Record.Key, NaiveKey.Order),
        ];
        foreach (DocumentCoding coding in Codings)
        {
            EncodedDocument? document = _cache.Delta(snapshot, run.Real.Now, coding);
            Assert.NotNull(document);
            EchoDocument delta = EchoDocument.Parse(document, coding);
            Assert.Equal((DocumentKind.Delta, run.Naive.Version), (delta.Kind, delta.Version));
            Assert.Equal(AllCounts(), delta.Counts);
            AssertServicesOnce(delta);
            Dictionary<NaiveKey, string> seen = delta.Instances.ToDictionary(Key, i => $"{i.Kind} {i.RemovedAtMs} {i.Portrait}");
            foreach ((NaiveChange change, long atMs, long age) in latest)
            {
                bool there = seen.Remove(change.Record.Key, out string? line);
                Assert.True(there || age > retentionTicks, $"version {change.Version} is missing from the delta");
                Assert.True(!there || age <= retentionTicks + spareTicks, $"version {change.Version} is too old for the delta");
                long removedAtMs = change.Kind == ChangeKind.Removed ? atMs : 0;
                Assert.Equal(
                    $"{change.Kind} {removedAtMs} {Portrait.Of(change.Record)}",
                    line ?? $"{change.Kind} {removedAtMs} {Portrait.Of(change.Record)}"
                );
            }

            Assert.Empty(seen);
            Assert.True(delta.Sequence > 0, "a delta counts itself");
        }
    }

    private static void AssertServicesOnce(EchoDocument document)
    {
        Assert.Equal(document.Services, document.Services.Distinct());
        Assert.Equal(document.Services, document.Instances.Select(i => i.Service).Distinct());
    }

    private static NaiveKey Key(EchoInstance instance) => new(instance.Service, Portrait.Field(instance.Portrait, "id")!);

    /// <summary>A reader that is still at an older snapshot gets that one's content.</summary>
    private void CheckOlder()
    {
        if (_older is not null)
        {
            EchoDocument full = EchoDocument.Parse(_cache.Full(_older, DocumentCoding.Plain), DocumentCoding.Plain);
            Assert.Equal(_older.Version, full.Version);
            Assert.Equal(_older.Instances().Select(Portrait.Of), full.Instances.Select(i => i.Portrait));
        }
    }

    /// <summary>Bytes once given out never change, whatever is encoded or trimmed after.</summary>
    private void CheckKept()
    {
        foreach ((EncodedDocument document, _, byte[] bytes) in _kept)
        {
            Assert.True(
                EchoDocument.Bytes(document).AsSpan().SequenceEqual(bytes),
                $"the document of version {document.Version} has changed"
            );
        }

        if (_kept.Count > 20)
        {
            _kept.RemoveRange(0, 10);
        }
    }

    private EchoDocument AssertHolds(
        EncodedDocument document,
        DocumentCoding coding,
        DocumentKind kind,
        IEnumerable<NaiveInstance> expected,
        IReadOnlyList<int> counts
    )
    {
        EchoDocument read = EchoDocument.Parse(document, coding);
        Assert.Equal((kind, document.Version, 0L), (read.Kind, read.Version, read.Sequence));
        Assert.Equal(counts, read.Counts);
        Assert.Equal(
            expected.Select(e => (e.Key.Service, e.LastChange, 0L, Portrait.Of(e))),
            read.Instances.Select(i => (i.Service, i.Kind, i.RemovedAtMs, i.Portrait))
        );
        AssertServicesOnce(read);
        return read;
    }

    private ulong LastChangeOf(Func<NaiveInstance, bool> which) =>
        run.Naive.Changes.Where(change => which(change.Record)).Select(change => change.Version).LastOrDefault();

    private static void AssertSameAsFresh(EncodedDocument cached, EncodedDocument fresh, DocumentCoding coding)
    {
        // Where blocks begin depends on history, and with it the compressed bytes: what they unpack to is compared.
        byte[] expected = EchoDocument.Plain(fresh, coding);
        byte[] seen = EchoDocument.Plain(cached, coding);
        Assert.True(expected.AsSpan().SequenceEqual(seen), "a cache that lived on gives other bytes than a fresh one");
    }

    private int[] AllCounts() => CountsOf([.. run.Naive.Sorted]);

    private static int[] CountsOf(NaiveInstance[] instances) =>
        [.. Enum.GetValues<InstanceStatus>().Select(status => instances.Count(instance => instance.Status == status))];
}
