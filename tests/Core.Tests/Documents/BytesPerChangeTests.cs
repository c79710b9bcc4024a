using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Documents;

/// <summary>One service of 100,000 instances: a change costs the encoding of one block, not of the service (ruling 6).</summary>
public class BytesPerChangeTests(ITestOutputHelper output)
{
    private const int InstanceCount = 100_000;
    private const int BlockInstancesMax = 64;
    private const int ChangesOfAKind = 40;

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);
    private readonly Random _random = new(64);
    private readonly Queue<string> _overridden = new();

    [Theory]
    [InlineData(DocumentKind.Full, DocumentCoding.Plain)]
    [InlineData(DocumentKind.Full, DocumentCoding.Gzip)]
    [InlineData(DocumentKind.Service, DocumentCoding.Plain)]
    [InlineData(DocumentKind.Service, DocumentCoding.Gzip)]
    public void A_change_in_a_service_of_100_000_encodes_at_most_one_block(DocumentKind kind, DocumentCoding coding)
    {
        Fill();
        var cache = new EncodedSnapshotCache<EchoEncoder>(_under.Registry, default);
        Read(cache, kind, coding);
        Assert.True(cache.EncodedBytes > InstanceCount * 100L, "the first read encodes all");
        foreach ((string name, Action change) in Changes())
        {
            long most = 0;
            for (int i = 0; i < ChangesOfAKind; i++)
            {
                long before = cache.EncodedBytes;
                change();
                Read(cache, kind, coding);
                most = Math.Max(most, cache.EncodedBytes - before);
                AssertAtMostOneBlock(name, cache.EncodedBytes - before);
                Assert.True(cache.EncodedBytes > before, $"{name} was no change");
            }

            output.WriteLine(
                $"{kind} {coding}: {name} encodes at most {most} bytes ({(double)most / InstanceBytes():0.0} instances)"
            );
        }
    }

    [Fact]
    public void A_read_without_a_change_encodes_nothing()
    {
        Fill();
        var cache = new EncodedSnapshotCache<EchoEncoder>(_under.Registry, default);
        Read(cache, DocumentKind.Full, DocumentCoding.Plain);
        long before = cache.EncodedBytes;
        Read(cache, DocumentKind.Full, DocumentCoding.Plain);
        _under.Renew("big", Id(17));
        Read(cache, DocumentKind.Full, DocumentCoding.Plain);
        Assert.Equal(before, cache.EncodedBytes);
    }

    /// <summary>The proof that the assertion bites: a dictionary with a whole-document cache does not pass it.</summary>
    [Fact]
    public void A_whole_document_cache_does_not_pass()
    {
        Fill();
        var cache = new WholeDocumentCache(_under.Registry);
        cache.Full();
        foreach ((string name, Action change) in Changes())
        {
            long before = cache.EncodedBytes;
            change();
            cache.Full();
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertAtMostOneBlock(name, cache.EncodedBytes - before));
        }
    }

    private static string Id(int i) => $"i-{i:000000}";

    private void Fill()
    {
        for (int i = 0; i < InstanceCount; i++)
        {
            _under.Register("big", Id(i * 2));
        }
    }

    /// <summary>Registrations fall between those there are: between two even numbers.</summary>
    private IEnumerable<(string Name, Action Change)> Changes() =>
        [
            ("a status set", () => Done(_under.SetStatus("big", DrawnToOverride(), InstanceStatus.OutOfService))),
            ("metadata", () => Done(_under.SetMetadata("big", Drawn(), ("key", $"{_random.Next()}")))),
            ("a registration", () => _under.Register("big", Id((_random.Next(InstanceCount) * 2) + 1))),
            ("a burst of neighbours, one by one", () => _under.Register("big", Id(100_000) + $"-{_random.Next()}")),
            ("a registration again", () => _under.Register("big", Drawn())),
            ("a status cleared", () => Done(_under.ClearStatus("big", _overridden.Dequeue()))),
            ("a cancel", () => Done(_under.Cancel("big", Drawn()))),
        ];

    private string Drawn()
    {
        string id = Id(_random.Next(InstanceCount) * 2);
        while (_overridden.Contains(id) || _under.Find("big", id) is null)
        {
            id = Id(_random.Next(InstanceCount) * 2);
        }

        return id;
    }

    private string DrawnToOverride()
    {
        _overridden.Enqueue(Drawn());
        return _overridden.Last();
    }

    private static void Done(WriteResult result) => Assert.Null(result.Error);

    private void Read(EncodedSnapshotCache<EchoEncoder> cache, DocumentKind kind, DocumentCoding coding)
    {
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        EncodedDocument? document =
            kind == DocumentKind.Full ? cache.Full(snapshot, coding) : cache.Service(snapshot, "big", coding);
        Assert.Equal(snapshot.Version, document?.Version);
    }

    private void AssertAtMostOneBlock(string change, long bytes)
    {
        // A separator of two bytes stands between instances.
        long most = BlockInstancesMax * (InstanceBytes() + 2L);
        Assert.True(
            bytes <= most,
            $"{change} encoded {bytes} bytes; one block of {BlockInstancesMax} instances is at most {most}"
        );
    }

    /// <summary>Bytes of the longest instance: metadata, an override and an id of the longest kind.</summary>
    private static int InstanceBytes() => LongestBytes.Value;

    private static readonly Lazy<int> LongestBytes = new(() =>
    {
        var one = new SteppedRegistry(SteppedRegistry.Unguarded);
        string id = Id(199_999) + "-2147483647";
        one.Register("big", id);
        one.SetStatus("big", id, InstanceStatus.OutOfService);
        one.SetMetadata("big", id, ("key", "2147483647"));
        var written = new ArrayBufferWriter<byte>();
        default(EchoEncoder).WriteInstance(
            written,
            new InstanceView(one.Find("big", id)!, ChangeKind.Modified, 1_800_000_000_000, 0)
        );

        // Versions here have one digit, there six.
        return written.WrittenCount + 6;
    });

    /// <summary>What a dictionary with a cached document does: any change, and all is written anew.</summary>
    private sealed class WholeDocumentCache(RegistryService registry)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private ulong? _version;

        public long EncodedBytes { get; private set; }

        public ReadOnlyMemory<byte> Full()
        {
            RegistrySnapshot snapshot = registry.ReadSnapshot();
            if (_version != snapshot.Version)
            {
                _bytes.Clear();
                foreach (Instance instance in snapshot.Instances())
                {
                    default(EchoEncoder).WriteInstance(_bytes, new InstanceView(instance, instance.LastChange, 0, 0));
                }

                _version = snapshot.Version;
                EncodedBytes += _bytes.WrittenCount;
            }

            return _bytes.WrittenMemory;
        }
    }
}
