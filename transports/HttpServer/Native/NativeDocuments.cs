using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>The bytes of <c>/v1</c>: documents and changes, encoded once for all who ask.</summary>
internal sealed class NativeDocuments(RegistryService registry)
{
    /// <summary>Changes kept as bytes: at about 200 a change more than the ring keeps of small ones.</summary>
    private const long ChangeBytesMax = 33_554_432;

    private readonly V1Encoder _encoder = new(registry.BootEpoch);
    private readonly EncodedSnapshotCache<V1Encoder> _cache = new(registry, new V1Encoder(registry.BootEpoch));

    /// <summary>Changes as bytes.</summary>
    public EncodedChangeLog<V1ChangeEncoder> Changes { get; } = new(registry, default, ChangeBytesMax);

    /// <summary>All that a filter selects, out of the cache; null if nobody keeps it: several names, or nothing there.</summary>
    public EncodedDocument? Find(RegistrySnapshot snapshot, InstanceFilter filter, DocumentCoding coding) =>
        filter switch
        {
            { Kind: FilterKind.All } => _cache.Full(snapshot, coding),
            { Names.Length: > 1 } => null,
            { Kind: FilterKind.Services } => _cache.Service(snapshot, filter.Names[0], coding),
            _ => _cache.Vip(snapshot, filter.Names[0], filter.Kind == FilterKind.SecureVips, coding),
        };

    /// <summary>All that a filter selects, plain, in pieces: cached ones if there are any.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(RegistrySnapshot snapshot, InstanceFilter filter, int pieceBytes)
    {
        if (Find(snapshot, filter, DocumentCoding.Plain) is not { } document)
        {
            return Encode(snapshot, filter, pieceBytes);
        }

        return Segments(document);
    }

    /// <summary>All that a filter selects, encoded as it is asked for, in pieces of about <paramref name="pieceBytes"/>.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Encode(RegistrySnapshot snapshot, InstanceFilter filter, int pieceBytes)
    {
        var output = new ArrayBufferWriter<byte>(pieceBytes + 4_096);
        var head = new DocumentHead(DocumentKind.Full, snapshot.Version, default, 0);
        _encoder.WriteHead(output, head);
        ServiceName? open = null;
        foreach (Instance instance in snapshot.Select(filter))
        {
            WriteSeparator(output, open, instance.Service);
            open = instance.Service;
            _encoder.WriteInstance(output, new InstanceView(instance, instance.LastChange, 0, 0));
            if (output.WrittenCount >= pieceBytes)
            {
                yield return output.WrittenMemory;
                output.ResetWrittenCount();
            }
        }

        if (open is not null)
        {
            _encoder.CloseService(output);
        }

        _encoder.WriteTail(output, head);
        yield return output.WrittenMemory;
    }

    /// <summary>Gives back the bytes of forms that nobody asked for lately.</summary>
    public void Trim() => _cache.Trim();

    private static IEnumerable<ReadOnlyMemory<byte>> Segments(EncodedDocument document)
    {
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            yield return segment;
        }
    }

    private void WriteSeparator(IBufferWriter<byte> output, ServiceName? open, ServiceName next)
    {
        if (open is not null && open.Equals(next))
        {
            _encoder.WriteInstanceSeparator(output);
            return;
        }

        if (open is not null)
        {
            _encoder.CloseService(output);
            _encoder.WriteServiceSeparator(output);
        }

        _encoder.OpenService(output, next);
    }
}
