using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
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
    private readonly TEncoder _encoder;
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024); // guarded by _encoding
    private readonly Variant _plain;
    private readonly Variant _gzip;
    private long _encodedBytes;
    private long _deltas; // guarded by _encoding

    /// <summary>A cache over <paramref name="registry"/>.</summary>
    public EncodedSnapshotCache(RegistryService registry, TEncoder encoder)
    {
        _registry = registry;
        _encoder = encoder;
        _plain = new Variant(encoder, DocumentCoding.Plain);
        _gzip = new Variant(encoder, DocumentCoding.Gzip);
    }

    /// <summary>Bytes of instances and what stands between them that the encoder wrote since the start: what a test counts.</summary>
    public long EncodedBytes => Volatile.Read(ref _encodedBytes);

    /// <summary>All services. 0 bytes if nothing changed since the last call.</summary>
    public EncodedDocument Full(RegistrySnapshot snapshot, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        EncodedDocument? last = Volatile.Read(ref variant.Full);
        if (last is not null && last.Version == snapshot.Version)
        {
            return last;
        }

        lock (_encoding)
        {
            bool inflate = coding == DocumentCoding.Plain && snapshot.Count > PlainKeptInstancesMax;
            EncodedPiece body = snapshot.Root is null ? EncodedPiece.Nothing : PieceOf(snapshot.Root, inflate ? Use(DocumentCoding.Gzip) : variant);
            var head = new DocumentHead(DocumentKind.Full, snapshot.Version, snapshot.Counts, 0);
            EncodedDocument full = Finish(head, snapshot.Root?.First.Service, snapshot.Root?.Last.Service, body, coding, inflate);
            Volatile.Write(ref variant.Full, full);
            return full;
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
            List<EncodedPiece> pieces = PiecesOf(snapshot, entry.Name, variant);
            var counts = default(StatusCounts);
            foreach (Instance record in snapshot.InstancesOf(entry.Name.Text))
            {
                counts.Add(record.Status, 1);
            }

            var head = new DocumentHead(DocumentKind.Service, entry.Version, counts, 0);
            EncodedDocument document = Finish(head, entry.Name, entry.Name, EncodedPiece.Join(pieces), coding, inflate: false);
            variant.Services[entry.Name.Text] = (entry, document);
            return document;
        }
    }

    /// <summary>The instances with a virtual address, compared exactly; an empty document if none has it.</summary>
    public EncodedDocument Vip(RegistrySnapshot snapshot, string vip, bool secure, DocumentCoding coding)
    {
        Variant variant = Use(coding);
        VipEntry? entry = snapshot.Vip(vip, secure);
        if (entry is not null && variant.Vips.TryGetValue((vip, secure), out var kept) && ReferenceEquals(kept.Source, entry))
        {
            return kept.Document;
        }

        lock (_encoding)
        {
            EncodedDocument document = Of(
                DocumentKind.Vip,
                snapshot.Version,
                counts: null,
                snapshot.InstancesOfVip(vip, secure).Select(View),
                variant
            );
            if (entry is not null)
            {
                variant.Vips[(vip, secure)] = (entry, document);
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
            EncodedDocument document = Of(DocumentKind.Delta, snapshot.Version, snapshot.Counts, views, variant);
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
            foreach (Variant variant in (Variant[])[_plain, _gzip])
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
        Variant variant = coding == DocumentCoding.Gzip ? _gzip : _plain;
        Volatile.Write(ref variant.Used, true);
        return variant;
    }

    private InstanceView View(Instance record) => new(record, record.LastChange, _registry.LastRenewalMs(record), 0);

    private EncodedPiece PieceOf(SnapshotNode node, Variant variant)
    {
        EncodedPiece? piece = node.Memo(variant);
        if (piece is null)
        {
            piece = node is SnapshotBlock block ? Encode(block.Records.Select(View), variant) : JoinChildren((SnapshotBranch)node, variant);
            node.Keep(variant, piece);
        }

        return piece;
    }

    private EncodedPiece JoinChildren(SnapshotBranch branch, Variant variant)
    {
        var parts = new List<EncodedPiece>(branch.Children.Length * 2);
        SnapshotNode? before = null;
        foreach (SnapshotNode child in branch.Children)
        {
            if (before is not null)
            {
                parts.Add(Between(before.Last.Service, child.First.Service, variant));
            }

            parts.Add(PieceOf(child, variant));
            before = child;
        }

        return EncodedPiece.Join(parts);
    }

    // The blocks that lie within the service are taken as they are; what it shares with its neighbours is encoded apart.
    private List<EncodedPiece> PiecesOf(RegistrySnapshot snapshot, ServiceName service, Variant variant)
    {
        var pieces = new List<EncodedPiece>();
        foreach (SnapshotBlock block in SnapshotTree.BlocksFrom(snapshot.Root, service))
        {
            if (block.First.Service.CompareTo(service) > 0)
            {
                break;
            }

            if (block.Last.Service.CompareTo(service) < 0)
            {
                continue;
            }

            if (pieces.Count > 0)
            {
                pieces.Add(variant.SameService);
            }

            bool whole = block.First.Service.Equals(service) && block.Last.Service.Equals(service);
            pieces.Add(whole ? PieceOf(block, variant) : Encode(block.Records.Where(r => r.Service.Equals(service)).Select(View), variant));
        }

        return pieces;
    }

    private EncodedDocument Of(DocumentKind kind, ulong version, StatusCounts? counts, IEnumerable<InstanceView> views, Variant variant)
    {
        var pieces = new List<EncodedPiece>();
        ServiceName? first = null;
        ServiceName? last = null;
        var counted = default(StatusCounts);
        foreach (InstanceView[] chunk in views.Chunk(SnapshotBlock.RecordsMax))
        {
            if (last is not null)
            {
                pieces.Add(Between(last, chunk[0].Instance.Service, variant));
            }

            pieces.Add(Encode(chunk, variant));
            first ??= chunk[0].Instance.Service;
            last = chunk[^1].Instance.Service;
            foreach (InstanceView view in chunk)
            {
                counted.Add(view.Instance.Status, 1);
            }
        }

        long sequence = kind == DocumentKind.Delta ? ++_deltas : 0;
        var head = new DocumentHead(kind, version, counts ?? counted, sequence);
        EncodedPiece body = pieces.Count == 0 ? EncodedPiece.Nothing : EncodedPiece.Join(pieces);
        return Finish(head, first, last, body, variant.Coding, inflate: false);
    }

    // Instances in a row, with what stands between them, but neither the first service's opening nor the last one's close.
    private EncodedPiece Encode(IEnumerable<InstanceView> views, Variant variant)
    {
        _buffer.ResetWrittenCount();
        ServiceName? before = null;
        foreach (InstanceView view in views)
        {
            if (before is not null)
            {
                WriteBetween(before, view.Instance.Service);
            }

            _encoder.WriteInstance(_buffer, view);
            before = view.Instance.Service;
        }

        _encodedBytes += _buffer.WrittenCount;
        return variant.Piece(_buffer.WrittenSpan, compress: true);
    }

    private EncodedPiece Between(ServiceName left, ServiceName right, Variant variant)
    {
        if (left.Equals(right))
        {
            return variant.SameService;
        }

        _buffer.ResetWrittenCount();
        WriteBetween(left, right);
        _encodedBytes += _buffer.WrittenCount;
        return variant.Piece(_buffer.WrittenSpan, compress: false);
    }

    private void WriteBetween(ServiceName left, ServiceName right)
    {
        if (left.Equals(right))
        {
            _encoder.WriteInstanceSeparator(_buffer);
            return;
        }

        _encoder.CloseService(_buffer);
        _encoder.WriteServiceSeparator(_buffer);
        _encoder.OpenService(_buffer, right);
    }

    private EncodedDocument Finish(
        in DocumentHead head,
        ServiceName? first,
        ServiceName? last,
        EncodedPiece body,
        DocumentCoding coding,
        bool inflate
    )
    {
        _buffer.ResetWrittenCount();
        _encoder.WriteHead(_buffer, head);
        if (first is not null)
        {
            _encoder.OpenService(_buffer, first);
        }

        byte[] start = _buffer.WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        if (last is not null)
        {
            _encoder.CloseService(_buffer);
        }

        _encoder.WriteTail(_buffer, head);
        byte[] end = _buffer.WrittenSpan.ToArray();
        return coding == DocumentCoding.Plain
            ? new EncodedDocument(head.Version, start, body, end, inflate)
            : Gzip(head.Version, EncodedPiece.Stored(start), body, EncodedPiece.Stored(end));
    }

    private static EncodedDocument Gzip(ulong version, EncodedPiece start, EncodedPiece body, EncodedPiece end)
    {
        EncodedPiece text = EncodedPiece.Join([start, body, end]);
        byte[] close = [.. end.Bytes!, .. GzipMember.End(text.Checksum, text.PlainLength)];
        return new EncodedDocument(version, [.. GzipMember.Header, .. start.Bytes!], body, close, inflate: false);
    }

    /// <summary>What is kept for one coding; also the owner of the pieces in the tree.</summary>
    private sealed class Variant
    {
        public bool Used;
        public EncodedDocument? Full;
        public EncodedDocument? Delta;
        public MonotonicTime DeltaMadeAt;

        public Variant(TEncoder encoder, DocumentCoding coding)
        {
            Coding = coding;
            var separator = new ArrayBufferWriter<byte>(16);
            encoder.WriteInstanceSeparator(separator);
            SameService = separator.WrittenCount == 0 ? EncodedPiece.Nothing : Piece(separator.WrittenSpan, compress: false);
        }

        public DocumentCoding Coding { get; }

        public EncodedPiece SameService { get; }

        public ConcurrentDictionary<string, (ServiceEntry Source, EncodedDocument Document)> Services { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(string Vip, bool Secure), (VipEntry Source, EncodedDocument Document)> Vips { get; } = new();

        public EncodedPiece Piece(ReadOnlySpan<byte> bytes, bool compress) =>
            Coding == DocumentCoding.Plain ? EncodedPiece.Plain(bytes)
            : compress ? EncodedPiece.Deflated(bytes)
            : EncodedPiece.Stored(bytes);

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
                if (!ReferenceEquals(snapshot.Vip(kept.Key.Vip, kept.Key.Secure), kept.Value.Source))
                {
                    Vips.TryRemove(kept.Key, out _);
                }
            }
        }
    }
}
