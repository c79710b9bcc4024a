using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Snapshots;

/// <summary>Turns records into the pieces of documents, and pieces into documents.</summary>
/// <typeparam name="TEncoder">The format.</typeparam>
/// <remarks>
/// <para>Owner: one <see cref="EncodedSnapshotCache{TEncoder}"/>; one call at a time.</para>
/// <para>
/// I1: a piece holds instances with all that stands between them, but neither the opening of its first service nor the close of its
/// last. What stands between two pieces is a piece of its own, held by the branch, or the document, that joins them. So a block's
/// piece depends on that block alone.
/// </para>
/// </remarks>
internal sealed class PieceEncoder<TEncoder>(RegistryService registry, TEncoder encoder, IPiecePacker? packer)
    where TEncoder : struct, ISnapshotEncoder
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly EncodedPiece?[] _sameService = new EncodedPiece?[Enum.GetValues<DocumentCoding>().Length]; // what stands between two instances, by coding
    private long _encodedBytes;

    /// <summary>Bytes of instances, and of what stands between them, written since the start.</summary>
    public long EncodedBytes => Volatile.Read(ref _encodedBytes);

    /// <summary>A record as it goes into a document that is no delta.</summary>
    public InstanceView View(Instance record) => new(record, record.LastChange, registry.LastRenewalMs(record), 0);

    /// <summary>All records below a node: kept there for <paramref name="owner"/>, so made once.</summary>
    public EncodedPiece PieceOf(SnapshotNode node, object owner, DocumentCoding coding)
    {
        EncodedPiece? piece = node.Memo(owner);
        if (piece is null)
        {
            piece = node is SnapshotBlock block
                ? Encode(block.Records.Select(View), coding)
                : JoinChildren((SnapshotBranch)node, owner, coding);
            node.Keep(owner, piece);
        }

        return piece;
    }

    private EncodedPiece JoinChildren(SnapshotBranch branch, object owner, DocumentCoding coding)
    {
        var parts = new List<EncodedPiece>(branch.Children.Length * 2);
        SnapshotNode? before = null;
        foreach (SnapshotNode child in branch.Children)
        {
            if (before is not null)
            {
                parts.Add(Between(before.Last.Service, child.First.Service, coding));
            }

            parts.Add(PieceOf(child, owner, coding));
            before = child;
        }

        return EncodedPiece.Join(parts);
    }

    /// <summary>
    /// All records of a service. Blocks that lie within it are taken as they are; of those it shares with its neighbours its part
    /// is encoded apart.
    /// </summary>
    public EncodedPiece PieceOfService(RegistrySnapshot snapshot, ServiceName service, object owner, DocumentCoding coding)
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
                pieces.Add(SameService(coding));
            }

            bool whole = block.First.Service.Equals(service) && block.Last.Service.Equals(service);
            IEnumerable<Instance> mine = block.Records.Where(record => record.Service.Equals(service));
            pieces.Add(whole ? PieceOf(block, owner, coding) : Encode(mine.Select(View), coding));
        }

        return EncodedPiece.Join(pieces);
    }

    /// <summary>A document of records that are not those of a node.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="version">Version of the registry.</param>
    /// <param name="counts">Absent: those of the records.</param>
    /// <param name="views">The records, by service.</param>
    /// <param name="sequence">See <see cref="DocumentHead"/>.</param>
    /// <param name="coding">How to code it.</param>
    public EncodedDocument Document(
        DocumentKind kind,
        ulong version,
        StatusCounts? counts,
        IEnumerable<InstanceView> views,
        long sequence,
        DocumentCoding coding
    )
    {
        var pieces = new List<EncodedPiece>();
        ServiceName? first = null;
        ServiceName? last = null;
        var counted = default(StatusCounts);
        foreach (InstanceView[] chunk in views.Chunk(SnapshotBlock.RecordsMax))
        {
            if (last is not null)
            {
                pieces.Add(Between(last, chunk[0].Instance.Service, coding));
            }

            pieces.Add(Encode(chunk, coding));
            first ??= chunk[0].Instance.Service;
            last = chunk[^1].Instance.Service;
            foreach (InstanceView view in chunk)
            {
                counted.Add(view.Instance.Status, 1);
            }
        }

        var head = new DocumentHead(kind, version, counts ?? counted, sequence);
        EncodedPiece body = pieces.Count == 0 ? EncodedPiece.Nothing : EncodedPiece.Join(pieces);
        return Finish(head, first, last, body, coding, inflate: false);
    }

    private EncodedPiece Encode(IEnumerable<InstanceView> views, DocumentCoding coding)
    {
        _buffer.ResetWrittenCount();
        ServiceName? before = null;
        foreach (InstanceView view in views)
        {
            if (before is not null)
            {
                WriteBetween(before, view.Instance.Service);
            }

            encoder.WriteInstance(_buffer, view);
            before = view.Instance.Service;
        }

        _encodedBytes += _buffer.WrittenCount;
        return Code(_buffer.WrittenSpan, coding);
    }

    private EncodedPiece Between(ServiceName left, ServiceName right, DocumentCoding coding)
    {
        if (left.Equals(right))
        {
            return SameService(coding);
        }

        _buffer.ResetWrittenCount();
        WriteBetween(left, right);
        _encodedBytes += _buffer.WrittenCount;
        return Short(coding);
    }

    private EncodedPiece SameService(DocumentCoding coding)
    {
        ref EncodedPiece? piece = ref _sameService[(int)coding];
        if (piece is null)
        {
            _buffer.ResetWrittenCount();
            encoder.WriteInstanceSeparator(_buffer);
            piece = _buffer.WrittenCount == 0 ? EncodedPiece.Nothing : Short(coding);
        }

        return piece;
    }

    private EncodedPiece Short(DocumentCoding coding) =>
        coding == DocumentCoding.Gzip ? EncodedPiece.Stored(_buffer.WrittenSpan) : Code(_buffer.WrittenSpan, coding);

    private EncodedPiece Code(ReadOnlySpan<byte> bytes, DocumentCoding coding) =>
        coding switch
        {
            DocumentCoding.Plain => EncodedPiece.Plain(bytes),
            DocumentCoding.Gzip => EncodedPiece.Deflated(bytes),
            _ => EncodedPiece.Packed(Pack(bytes), bytes.Length),
        };

    private byte[] Pack(ReadOnlySpan<byte> bytes) =>
        packer is null ? throw new InvalidOperationException("This cache was made without a packer.")
        : bytes.IsEmpty ? []
        : packer.Pack(bytes);

    private void WriteBetween(ServiceName left, ServiceName right)
    {
        if (left.Equals(right))
        {
            encoder.WriteInstanceSeparator(_buffer);
            return;
        }

        encoder.CloseService(_buffer);
        encoder.WriteServiceSeparator(_buffer);
        encoder.OpenService(_buffer, right);
    }

    /// <summary>A document: head, opening of the first service, body, close of the last, tail.</summary>
    public EncodedDocument Finish(
        in DocumentHead head,
        ServiceName? first,
        ServiceName? last,
        EncodedPiece body,
        DocumentCoding coding,
        bool inflate
    )
    {
        _buffer.ResetWrittenCount();
        encoder.WriteHead(_buffer, head);
        if (first is not null)
        {
            encoder.OpenService(_buffer, first);
        }

        byte[] start = _buffer.WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        if (last is not null)
        {
            encoder.CloseService(_buffer);
        }

        encoder.WriteTail(_buffer, head);
        byte[] end = _buffer.WrittenSpan.ToArray();
        return coding switch
        {
            DocumentCoding.Plain => new EncodedDocument(head.Version, start, body, end, inflate),
            DocumentCoding.Gzip => Gzip(head.Version, EncodedPiece.Stored(start), body, EncodedPiece.Stored(end)),
            _ => new EncodedDocument(head.Version, Pack(start), body, Pack(end), inflate: false),
        };
    }

    private static EncodedDocument Gzip(ulong version, EncodedPiece start, EncodedPiece body, EncodedPiece end)
    {
        EncodedPiece text = EncodedPiece.Join([start, body, end]);
        byte[] close = [.. end.Bytes!, .. GzipMember.End(text.Checksum, text.PlainLength)];
        return new EncodedDocument(version, [.. GzipMember.Header, .. start.Bytes!], body, close, inflate: false);
    }
}
