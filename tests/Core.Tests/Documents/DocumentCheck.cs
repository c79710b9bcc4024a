using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Tests.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Documents;

/// <summary>Compares the documents of one cache with the naive registry, as a program runs.</summary>
internal sealed class DocumentCheck(ModelRun run)
{
    private static readonly DocumentCoding[] Codings = [DocumentCoding.Plain, DocumentCoding.Gzip];

    private readonly EncodedSnapshotCache<EchoEncoder> _cache = new(run.Real.Registry, new EchoEncoder(hideRenewals: true));
    private readonly List<(EncodedDocument Document, DocumentCoding Coding, byte[] Bytes)> _kept = [];
    private RegistrySnapshot? _older;
    private long _sequence;
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
        var fresh = new EncodedSnapshotCache<EchoEncoder>(run.Real.Registry, new EchoEncoder(hideRenewals: true));
        foreach (DocumentCoding coding in Codings)
        {
            EncodedDocument full = _cache.Full(snapshot, coding);
            AssertHolds(full, coding, DocumentKind.Full, run.Naive.Sorted, AllCounts());
            AssertSameAsFresh(full, fresh.Full(snapshot, coding), coding);
            _kept.Add((full, coding, EchoDocument.Bytes(full)));
            foreach (string service in (string[])["orders", "BILLING", "straße", "nobody"])
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
            AssertHolds(document, coding, DocumentKind.Service, expected, CountsOf(expected));
        }
    }

    private void CheckVip(RegistrySnapshot snapshot, string vip, DocumentCoding coding)
    {
        foreach (bool secure in (bool[])[false, true])
        {
            NaiveInstance[] expected =
            [
                .. run.Naive.Sorted.Where(i => ((secure ? i.Sent.SecureVips : i.Sent.Vips) ?? "").Split(',').Contains(vip)),
            ];
            EncodedDocument document = _cache.Vip(snapshot, vip, secure, coding);
            AssertHolds(document, coding, DocumentKind.Vip, expected, CountsOf(expected));
        }
    }

    private void CheckDelta(RegistrySnapshot snapshot)
    {
        long nowMs = run.Real.Registry.WallMs(run.Real.Now);
        long oldestMs = nowMs - (long)run.Options.DeltaRetention.TotalMilliseconds;
        (NaiveChange Change, long AtMs)[] expected =
        [
            .. run.Naive.Changes.Zip(run.ChangedAtMs)
                .Where(change => change.Second >= oldestMs)
                .GroupBy(change => change.First.Record.Key)
                .Select(changes => changes.Last())
                .OrderBy(change => change.First.Record.Key, NaiveKey.Order),
        ];
        foreach (DocumentCoding coding in Codings)
        {
            EncodedDocument? document = _cache.Delta(snapshot, nowMs, coding);
            Assert.NotNull(document);
            EchoDocument delta = EchoDocument.Parse(document, coding);
            Assert.Equal(DocumentKind.Delta, delta.Kind);
            Assert.Equal(run.Naive.Version, delta.Version);
            Assert.Equal(AllCounts(), delta.Counts);
            Assert.Equal(delta.Services.Count, delta.Services.Distinct().Count());
            Assert.Equal(
                expected.Select(e => (e.Change.Kind, RemovedAtMs(e), Portrait.Of(e.Change.Record))),
                delta.Instances.OrderBy(Key, NaiveKey.Order).Select(i => (i.Kind, i.RemovedAtMs, i.Portrait))
            );
            Assert.True(delta.Sequence >= _sequence, $"delta {delta.Sequence} after {_sequence}");
            _sequence = delta.Sequence;
        }
    }

    private static long RemovedAtMs((NaiveChange Change, long AtMs) of) => of.Change.Kind == ChangeKind.Removed ? of.AtMs : 0;

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
            Assert.True(EchoDocument.Bytes(document).AsSpan().SequenceEqual(bytes), $"the document of version {document.Version} has changed");
        }

        if (_kept.Count > 20)
        {
            _kept.RemoveRange(0, 10);
        }
    }

    private void AssertHolds(
        EncodedDocument document,
        DocumentCoding coding,
        DocumentKind kind,
        IEnumerable<NaiveInstance> expected,
        IReadOnlyList<int> counts
    )
    {
        EchoDocument read = EchoDocument.Parse(document, coding);
        Assert.Equal((kind, run.Naive.Version, 0L), (read.Kind, read.Version, read.Sequence));
        Assert.Equal(run.Naive.Version, document.Version);
        Assert.Equal(counts, read.Counts);
        Assert.Equal(
            expected.Select(e => (e.Key.Service, e.LastChange, 0L, Portrait.Of(e))),
            read.Instances.Select(i => (i.Service, i.Kind, i.RemovedAtMs, i.Portrait))
        );
        Assert.Equal(read.Instances.Select(i => i.Service).Distinct(), read.Services);
    }

    private static void AssertSameAsFresh(EncodedDocument cached, EncodedDocument fresh, DocumentCoding coding)
    {
        byte[] expected = EchoDocument.Bytes(fresh);
        byte[] seen = EchoDocument.Bytes(cached);
        if (coding == DocumentCoding.Gzip)
        {
            // Where blocks begin depends on history, and with it the compressed bytes.
            expected = StrictGzip.Unpack(expected);
            seen = StrictGzip.Unpack(seen);
        }

        Assert.True(expected.AsSpan().SequenceEqual(seen), "a cache that lived on gives other bytes than a fresh one");
    }

    private int[] AllCounts() => CountsOf([.. run.Naive.Sorted]);

    private static int[] CountsOf(NaiveInstance[] instances) =>
        [.. Enum.GetValues<InstanceStatus>().Select(status => instances.Count(instance => instance.Status == status))];
}
