using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Documents;

/// <summary>The cache of encoded documents at its edges: what it keeps, what it gives back, and when a delta cannot be complete.</summary>
public class EncodedCacheTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    [Fact]
    public void An_empty_registry_has_documents_without_services()
    {
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        RegistrySnapshot empty = _under.Registry.ReadSnapshot();
        foreach (DocumentCoding coding in Enum.GetValues<DocumentCoding>())
        {
            Assert.Empty(EchoDocument.Parse(cache.Full(empty, coding), coding).Services);
            Assert.Empty(EchoDocument.Parse(cache.Vip(empty, "shop", false, coding), coding).Services);
            Assert.Empty(EchoDocument.Parse(cache.Delta(empty, _under.Now, coding)!, coding).Services);
            Assert.Null(cache.Service(empty, "orders", coding));
        }
    }

    [Fact]
    public void A_document_is_made_once_for_a_version()
    {
        Fill(100);
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        foreach (DocumentCoding coding in Enum.GetValues<DocumentCoding>())
        {
            Assert.Same(cache.Full(snapshot, coding), cache.Full(snapshot, coding));
            Assert.Same(cache.Service(snapshot, "orders", coding), cache.Service(snapshot, "ORDERS", coding));
            Assert.Same(cache.Vip(snapshot, "shop", false, coding), cache.Vip(snapshot, "shop", false, coding));
            Assert.Same(cache.Delta(snapshot, _under.Now, coding), cache.Delta(snapshot, _under.Now, coding));
        }
    }

    [Fact]
    public void A_service_keeps_its_document_while_others_change()
    {
        Fill(100);
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        EncodedDocument? before = cache.Service(_under.Registry.ReadSnapshot(), "orders", DocumentCoding.Gzip);
        EncodedDocument vip = cache.Vip(_under.Registry.ReadSnapshot(), "shop", false, DocumentCoding.Gzip);
        _under.Register("billing", "i-1");
        _under.Register("zoo", "i-1");
        Assert.Same(before, cache.Service(_under.Registry.ReadSnapshot(), "orders", DocumentCoding.Gzip));
        Assert.Same(vip, cache.Vip(_under.Registry.ReadSnapshot(), "shop", false, DocumentCoding.Gzip));
        _under.SetStatus("orders", "i-7", InstanceStatus.Down);
        Assert.NotSame(before, cache.Service(_under.Registry.ReadSnapshot(), "orders", DocumentCoding.Gzip));
        Assert.NotSame(vip, cache.Vip(_under.Registry.ReadSnapshot(), "shop", false, DocumentCoding.Gzip));
    }

    [Fact]
    public void Above_the_size_to_which_plain_bytes_are_kept_they_are_the_same()
    {
        Fill(EncodedSnapshotCache<EchoEncoder>.PlainKeptInstancesMax + 500);
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        byte[] plain = EchoDocument.Bytes(cache.Full(snapshot, DocumentCoding.Plain));
        byte[] packed = EchoDocument.Bytes(cache.Full(snapshot, DocumentCoding.Gzip));
        Assert.True(plain.AsSpan().SequenceEqual(StrictGzip.Unpack(packed)), "plain and compressed are not the same text");
        EchoDocument full = EchoDocument.Parse(plain);
        Assert.Equal(
            snapshot.Instances().Select(record => record.Id),
            full.Instances.Select(i => Portrait.Field(i.Portrait, "id"))
        );
        Assert.True(packed.Length * 5 < plain.Length, $"{packed.Length} bytes for {plain.Length}: hardly compressed");
    }

    [Fact]
    public void What_was_not_asked_for_since_the_last_trim_is_given_back_and_made_anew_when_asked_for()
    {
        Fill(1_000);
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        EncodedDocument before = cache.Full(snapshot, DocumentCoding.Plain);
        long once = cache.EncodedBytes;
        cache.Trim();
        Assert.Same(before, cache.Full(snapshot, DocumentCoding.Plain));
        cache.Trim();
        cache.Trim();
        Assert.Equal(once, cache.EncodedBytes);
        Assert.Equal(EchoDocument.Bytes(before), EchoDocument.Bytes(cache.Full(snapshot, DocumentCoding.Plain)));
        Assert.Equal(2 * once, cache.EncodedBytes);
    }

    [Fact]
    public void Two_caches_share_a_snapshot_and_nothing_else()
    {
        Fill(200);
        EncodedSnapshotCache<EchoEncoder> one = Cache();
        EncodedSnapshotCache<EchoEncoder> other = Cache();
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        one.Full(snapshot, DocumentCoding.Gzip);
        Assert.Equal(0, other.EncodedBytes);
        other.Full(snapshot, DocumentCoding.Gzip);
        Assert.Equal(one.EncodedBytes, other.EncodedBytes);
        one.Trim();
        one.Trim();
        long before = other.EncodedBytes;
        _under.SetStatus("orders", "i-0", InstanceStatus.Down);
        other.Full(_under.Registry.ReadSnapshot(), DocumentCoding.Gzip);
        Assert.InRange(other.EncodedBytes - before, 1, before / 2);
    }

    [Fact]
    public void A_delta_holds_what_changed_within_the_retention_with_its_latest_record()
    {
        _under.Register("orders", "old", TimeSpan.FromHours(1));
        _under.Pass(TimeSpan.FromSeconds(100));
        _under.Register("orders", "gone", TimeSpan.FromHours(1));
        _under.Register("orders", "young", TimeSpan.FromHours(1));
        _under.SetStatus("orders", "young", InstanceStatus.OutOfService);
        _under.Cancel("orders", "gone");
        _under.Clock.JumpWall(TimeSpan.FromDays(-2));
        _under.Pass(TimeSpan.FromSeconds(90));
        EchoDocument delta = Delta(Cache());
        Assert.Equal(
            [("gone", ChangeKind.Removed), ("young", ChangeKind.Modified)],
            delta.Instances.Select(i => (Portrait.Field(i.Portrait, "id")!, i.Kind)).Order()
        );
        Assert.Equal([1, 0, 0, 1, 0], delta.Counts);
        _under.Pass(TimeSpan.FromSeconds(100));
        Assert.Empty(Delta(Cache()).Instances);
    }

    [Fact]
    public void A_delta_that_cannot_be_complete_is_not_given_and_is_again_when_it_can()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64 });
        var cache = new EncodedSnapshotCache<EchoEncoder>(under.Registry, default);
        for (int i = 0; i < 64; i++)
        {
            under.Register("orders", $"i-{i}", TimeSpan.FromHours(1));
        }

        Assert.NotNull(cache.Delta(under.Registry.ReadSnapshot(), under.Now, DocumentCoding.Plain));
        under.Register("orders", "one-more", TimeSpan.FromHours(1));
        Assert.Null(cache.Delta(under.Registry.ReadSnapshot(), under.Now, DocumentCoding.Plain));
        under.Pass(SteppedRegistry.Options.DeltaRetention + TimeSpan.FromSeconds(5));
        under.SetStatus("orders", "i-7", InstanceStatus.Down);
        EncodedDocument? delta = cache.Delta(under.Registry.ReadSnapshot(), under.Now, DocumentCoding.Plain);
        Assert.Equal(
            "i-7",
            Portrait.Field(Assert.Single(EchoDocument.Parse(delta!, DocumentCoding.Plain).Instances).Portrait, "id")
        );
    }

    [Fact]
    public void Deltas_are_counted_from_one()
    {
        EncodedSnapshotCache<EchoEncoder> cache = Cache();
        for (int i = 1; i <= 5; i++)
        {
            _under.Register("orders", "i-1");
            Assert.Equal(i, Delta(cache).Sequence);
        }
    }

    [Fact]
    public void A_renewal_is_shown_as_of_the_encoding_and_encodes_nothing_anew()
    {
        _under.Register("orders", "i-1");
        var cache = new EncodedSnapshotCache<EchoEncoder>(_under.Registry, new EchoEncoder(hideRenewals: false));
        long first = Full(cache).Instances[0].LastRenewalMs;
        Assert.InRange(first, _under.Clock.WallMs - 20, _under.Clock.WallMs);
        _under.Pass(TimeSpan.FromSeconds(10));
        _under.Renew("orders", "i-1");
        Assert.Equal(first, Full(cache).Instances[0].LastRenewalMs);
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        Assert.InRange(Full(cache).Instances[0].LastRenewalMs, first + 9_900, first + 10_000);
    }

    private EncodedSnapshotCache<EchoEncoder> Cache() => new(_under.Registry, new EchoEncoder(hideRenewals: true), new FramingPacker());

    private EchoDocument Full(EncodedSnapshotCache<EchoEncoder> cache) =>
        EchoDocument.Parse(cache.Full(_under.Registry.ReadSnapshot(), DocumentCoding.Plain), DocumentCoding.Plain);

    private EchoDocument Delta(EncodedSnapshotCache<EchoEncoder> cache) =>
        EchoDocument.Parse(cache.Delta(_under.Registry.ReadSnapshot(), _under.Now, DocumentCoding.Gzip)!, DocumentCoding.Gzip);

    private void Fill(int count)
    {
        foreach (Registration registration in RegistrationBuilder.Many("orders", count, TimeSpan.FromHours(1)))
        {
            _under.Register(registration with { Vips = "shop" });
        }
    }
}
