using System.Collections.Concurrent;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Snapshots;

/// <summary>Bytes of the registry in one format, kept per block and encoded anew only where a change fell.</summary>
/// <typeparam name="TEncoder">The format; a struct, so that the loop over instances is compiled for it.</typeparam>
/// <remarks>
/// <para>
/// Shape: each block of records, and each branch above, keeps its encoded piece per cache and coding. A new version has new nodes
/// only on the path of the change, so only they have no piece. What stands between two blocks belongs to the branch above them.
/// </para>
/// <para>
/// Plain bytes are kept up to <see cref="PlainKeptInstancesMax"/> instances. Above, a plain document is inflated from the compressed
/// pieces as it is sent: a tenth of the memory, for the few that do not accept gzip.
/// </para>
/// <para>Cost: after one change one block is encoded and compressed, and O(log n) checksums are joined.</para>
/// <para>Threads: any; one encodes at a time, the next finds the pieces made.</para>
/// </remarks>
public sealed class EncodedSnapshotCache<TEncoder>
    where TEncoder : struct, ISnapshotEncoder
{
    /// <summary>Registries up to this size keep plain bytes as well: 20,000 instances of 1 kB are 20 MB.</summary>
    public const int PlainKeptInstancesMax = 20_000;

    private readonly Lock _encoding = new();
    private readonly RegistryService _registry;
    private readonly PieceEncoder<TEncoder> _encoder; // guarded by _encoding
    private readonly Variant _plain;
    private readonly Variant _gzip;
    private readonly Variant _packed;
    private long _deltas; // guarded by _encoding

    /// <summary>A cache over <paramref name="registry"/>.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="encoder">The format.</param>
    /// <param name="packer">What <see cref="DocumentCoding.Packed"/> means; null: nobody will ask for it.</param>
    public EncodedSnapshotCache(RegistryService registry, TEncoder encoder, IPiecePacker? packer = null)
    {
        _registry = registry;
        _encoder = new PieceEncoder<TEncoder>(registry, encoder, packer);
        _plain = new Variant(DocumentCoding.Plain);
        _gzip = new Variant(DocumentCoding.Gzip);
        _packed = new Variant(DocumentCoding.Packed);
    }

    /// <summary>Bytes of instances and what stands between them that the encoder wrote since the start: what a test counts.</summary>
    public long EncodedBytes => _encoder.EncodedBytes;

    /// <summary>All services. 0 bytes if nothing changed since the last call.</summary>
    public EncodedDocument Full(RegistrySnapshot snapshot, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        EncodedDocument? last = Volatile.Read(ref variant.Full);
        if (last is not null && last.Version == snapshot.Version)
        {
            return last;
        }

        EncodedDocument full = Whole(snapshot, coding);
        Volatile.Write(ref variant.Full, full);
        return full;
    }

    /// <summary>
    /// All services of a content that need not be the registry's own. The document is not kept, but what is encoded for it is, with the
    /// content: what it shares with the registry is encoded once for both.
    /// </summary>
    public EncodedDocument Whole(RegistryContent content, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        lock (_encoding)
        {
            bool inflate = coding == DocumentCoding.Plain && content.Count > PlainKeptInstancesMax;
            Variant kept = inflate ? Use(DocumentCoding.Gzip) : variant;
            EncodedPiece body = content.Root is null ? EncodedPiece.Nothing : _encoder.PieceOf(content.Root, kept, kept.Coding);
            var head = new DocumentHead(DocumentKind.Full, content.Version, content.Counts, 0);
            return _encoder.Finish(head, content.Root?.First.Service, content.Root?.Last.Service, body, coding, inflate);
        }
    }

    /// <summary>One service, its name in any case; null if it has no instance.</summary>
    public EncodedDocument? Service(RegistrySnapshot snapshot, string name, DocumentCoding coding)
    {
        if (snapshot.Service(name) is not { } entry)
        {
            return null;
        }

        Variant variant = Use(coding);
        if (variant.Services.TryGetValue(entry.Name.Text, out var kept) && ReferenceEquals(kept.Source, entry))
        {
            return kept.Document;
        }

        lock (_encoding)
        {
            var counts = default(StatusCounts);
            foreach (Instance record in snapshot.InstancesOf(entry.Name.Text))
            {
                counts.Add(record.Status, 1);
            }

            var head = new DocumentHead(DocumentKind.Service, entry.Version, counts, 0);
            EncodedPiece body = _encoder.PieceOfService(snapshot, entry.Name, variant, coding);
            EncodedDocument document = _encoder.Finish(head, entry.Name, entry.Name, body, coding, inflate: false);
            variant.Services[entry.Name.Text] = (entry, document);
            return document;
        }
    }

    /// <summary>The instances with a virtual address, compared exactly; an empty document if none has it.</summary>
    public EncodedDocument Vip(RegistrySnapshot snapshot, string vip, bool secure, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        VipEntry? entry = snapshot.Vip(vip, secure);
        if (entry is not null && variant.Vips.TryGetValue((vip, secure), out var kept) && kept.Source == entry)
        {
            return kept.Document;
        }

        lock (_encoding)
        {
            IEnumerable<InstanceView> views = snapshot.InstancesOfVip(vip, secure).Select(_encoder.View);
            EncodedDocument document = _encoder.Document(DocumentKind.Vip, snapshot.Version, counts: null, views, 0, coding);
            if (entry is not null)
            {
                variant.Vips[(vip, secure)] = (entry.Value, document);
            }

            return document;
        }
    }

    /// <summary>
    /// The latest record of each instance changed within <see cref="RegistryOptions.DeltaRetention"/>, with the counts of the whole
    /// registry at the same version; null if it cannot be complete.
    /// </summary>
    public EncodedDocument? Delta(RegistrySnapshot snapshot, MonotonicTime now, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        EncodedDocument? last = Volatile.Read(ref variant.Delta);
        if (last is not null && last.Version == snapshot.Version && now - variant.DeltaMadeAt < s_deltaKept)
        {
            return last;
        }

        lock (_encoding)
        {
            IReadOnlyList<Change>? changes = _registry.LatestChanges(snapshot, now - _registry.Options.DeltaRetention);
            if (changes is null)
            {
                return null;
            }

            IEnumerable<InstanceView> views = changes.Select(change => new InstanceView(
                change.Record,
                change.Kind,
                _registry.LastRenewalMs(change.Record),
                change.Kind == ChangeKind.Removed ? change.AtMs : 0
            ));
            EncodedDocument document = _encoder.Document(
                DocumentKind.Delta,
                snapshot.Version,
                snapshot.Counts,
                views,
                ++_deltas,
                coding
            );
            variant.DeltaMadeAt = now;
            Volatile.Write(ref variant.Delta, document);
            return document;
        }
    }

    /// <summary>
    /// Gives back the bytes of codings that nobody asked for since the last call, and of services and addresses that are gone. The
    /// host calls it every minute or so.
    /// </summary>
    public void Trim()
    {
        lock (_encoding)
        {
            RegistrySnapshot snapshot = _registry.ReadSnapshot();
            foreach (Variant variant in (Variant[])[_plain, _gzip, _packed])
            {
                if (!Interlocked.Exchange(ref variant.Used, false))
                {
                    snapshot.Root?.Forget(variant);
                    variant.Full = null;
                    variant.Delta = null;
                    variant.Services.Clear();
                    variant.Vips.Clear();
                }
                else
                {
                    variant.TrimGone(snapshot);
                }
            }
        }
    }

    // A delta is the same until a change, except that old ones leave it: it is made anew each second at most.
    private static readonly TimeSpan s_deltaKept = TimeSpan.FromSeconds(1);

    private Variant Use(DocumentCoding coding)
    {
        Variant variant = coding switch
        {
            DocumentCoding.Plain => _plain,
            DocumentCoding.Gzip => _gzip,
            _ => _packed,
        };
        Volatile.Write(ref variant.Used, true);
        return variant;
    }

    /// <summary>What is kept for one coding; also the owner of the pieces in the tree.</summary>
    private sealed class Variant(DocumentCoding coding)
    {
        public bool Used;
        public EncodedDocument? Full;
        public EncodedDocument? Delta;
        public MonotonicTime DeltaMadeAt;

        public DocumentCoding Coding { get; } = coding;

        public ConcurrentDictionary<string, (ServiceEntry Source, EncodedDocument Document)> Services { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(string Vip, bool Secure), (VipEntry Source, EncodedDocument Document)> Vips { get; } = new();

        public void TrimGone(RegistrySnapshot snapshot)
        {
            foreach (var kept in Services)
            {
                if (!ReferenceEquals(snapshot.Service(kept.Key), kept.Value.Source))
                {
                    Services.TryRemove(kept.Key, out _);
                }
            }

            foreach (var kept in Vips)
            {
                if (snapshot.Vip(kept.Key.Vip, kept.Key.Secure) != kept.Value.Source)
                {
                    Vips.TryRemove(kept.Key, out _);
                }
            }
        }
    }
}
