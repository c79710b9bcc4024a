using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer.Bodies;

/// <summary>How a request's body is coded.</summary>
internal enum BodyCoding : byte
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>RFC 1952, one member.</summary>
    Gzip,

    /// <summary>RFC 1950; RFC 1951 without its wrapping is taken as well, as many senders mean that.</summary>
    Deflate,
}

/// <summary>Reads Content-Encoding and undoes it.</summary>
internal static class BodyCodings
{
    /// <summary>Of a gzip member: checksum and length behind the data.</summary>
    private const int GzipTrailerBytes = 8;

    /// <summary>False for a coding that is not known, and for more than one.</summary>
    public static bool TryRead(StringValues contentEncoding, out BodyCoding coding)
    {
        coding = BodyCoding.Identity;
        ReadOnlySpan<char> name = contentEncoding.Count == 0 ? "" : contentEncoding[0].AsSpan().Trim();
        if (contentEncoding.Count > 1)
        {
            return false;
        }

        if (Is(name, "gzip") || Is(name, "x-gzip"))
        {
            coding = BodyCoding.Gzip;
        }
        else if (Is(name, "deflate"))
        {
            coding = BodyCoding.Deflate;
        }

        return coding != BodyCoding.Identity || name.IsEmpty || Is(name, "identity");
    }

    /// <summary>Inflates <paramref name="sent"/> into <paramref name="output"/>; null, or why it cannot be.</summary>
    public static BodyProblem? Inflate(BodyCoding coding, ArraySegment<byte> sent, ref BoundedBuffer output)
    {
        using var source = new MemoryStream(sent.Array!, sent.Offset, sent.Count, writable: false);
        using Stream inflater = Inflater(coding, sent, source);
        try
        {
            if (!output.TryFill(inflater))
            {
                return BodyProblem.InflatesTooLong(output.Limit);
            }
        }
        catch (InvalidDataException)
        {
            return BodyProblem.NotInflatable(coding.ToString());
        }

        return coding == BodyCoding.Gzip && !EndsAsStated(sent, output.Length) ? BodyProblem.NotInflatable("gzip") : null;
    }

    private static Stream Inflater(BodyCoding coding, ReadOnlySpan<byte> sent, MemoryStream source) =>
        coding == BodyCoding.Gzip ? new GZipStream(source, CompressionMode.Decompress)
        : HasZlibHeader(sent) ? new ZLibStream(source, CompressionMode.Decompress)
        : new DeflateStream(source, CompressionMode.Decompress);

    private static bool HasZlibHeader(ReadOnlySpan<byte> sent) =>
        sent.Length >= 2 && (sent[0] & 0x0F) == 8 && BinaryPrimitives.ReadUInt16BigEndian(sent) % 31 == 0;

    /// <summary>A member that is cut short, or that something follows, does not end with the length of what came out.</summary>
    private static bool EndsAsStated(ReadOnlySpan<byte> sent, int length) =>
        sent.Length > GzipTrailerBytes && BinaryPrimitives.ReadInt32LittleEndian(sent[^4..]) == length;

    private static bool Is(ReadOnlySpan<char> name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
