using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Bench.Fleet;

/// <summary>A full document without a cache: what a server does that encodes for each request. Also documents in plain bytes.</summary>
internal static class WholeDocument
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>Encodes all of <paramref name="snapshot"/> and compresses it on the way; keeps nothing.</summary>
    /// <returns>Bytes before compression.</returns>
    public static long EncodeAndCompress<TEncoder>(RegistryService registry, RegistrySnapshot snapshot, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder
    {
        using var gzip = new GZipStream(Stream.Null, CompressionLevel.Fastest);
        return Encode(registry, snapshot, encoder, gzip);
    }

    /// <summary>Encodes all of <paramref name="snapshot"/> into <paramref name="output"/>, in pieces that fit the cache.</summary>
    /// <returns>Bytes written.</returns>
    public static long Encode<TEncoder>(RegistryService registry, RegistrySnapshot snapshot, TEncoder encoder, Stream output)
        where TEncoder : struct, ISnapshotEncoder
    {
        var head = new DocumentHead(DocumentKind.Full, snapshot.Version, snapshot.Counts, 0);
        var buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        long written = 0;
        encoder.WriteHead(buffer, head);
        ServiceName? open = null;
        foreach (Instance record in snapshot.Instances())
        {
            Separate(encoder, buffer, open, record.Service);
            encoder.WriteInstance(buffer, new InstanceView(record, record.LastChange, registry.LastRenewalMs(record), 0));
            open = record.Service;
            if (buffer.WrittenCount >= FlushBytes)
            {
                written += Flush(buffer, output);
            }
        }

        if (open is not null)
        {
            encoder.CloseService(buffer);
        }

        encoder.WriteTail(buffer, head);
        return written + Flush(buffer, output);
    }

    /// <summary>The bytes of a document one behind the other.</summary>
    public static MemoryStream Bytes(EncodedDocument document)
    {
        var bytes = new MemoryStream((int)document.Length);
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            bytes.Write(segment.Span);
        }

        bytes.Position = 0;
        return bytes;
    }

    /// <summary>The text of a gzip document.</summary>
    public static ReadOnlyMemory<byte> Plain(EncodedDocument document)
    {
        using var gzip = new GZipStream(Bytes(document), CompressionMode.Decompress);
        var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.GetBuffer().AsMemory(0, (int)plain.Length);
    }

    /// <summary>Bytes of the text of a gzip document, as its trailer tells: modulo 2^32.</summary>
    public static long PlainLength(EncodedDocument document)
    {
        ReadOnlyMemory<byte> last = default;
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            last = segment;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(last.Span[^4..]);
    }

    private static void Separate<TEncoder>(TEncoder encoder, ArrayBufferWriter<byte> buffer, ServiceName? open, ServiceName next)
        where TEncoder : struct, ISnapshotEncoder
    {
        if (open is null)
        {
            encoder.OpenService(buffer, next);
        }
        else if (open.Equals(next))
        {
            encoder.WriteInstanceSeparator(buffer);
        }
        else
        {
            encoder.CloseService(buffer);
            encoder.WriteServiceSeparator(buffer);
            encoder.OpenService(buffer, next);
        }
    }

    private static int Flush(ArrayBufferWriter<byte> buffer, Stream output)
    {
        int length = buffer.WrittenCount;
        output.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
        return length;
    }
}
