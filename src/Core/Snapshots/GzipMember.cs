using System.Buffers.Binary;
using System.IO.Compression;

namespace Rollcall.Core.Snapshots;

/// <summary>One gzip member made of fragments that were compressed apart, without compressing anything twice.</summary>
/// <remarks>
/// <para>
/// Shape: header, fragments, end, trailer. A fragment is the output of a fresh compressor, flushed to a byte boundary and not
/// final; it refers to nothing before itself, so it may stand anywhere. Short text goes as a stored block.
/// </para>
/// <para>
/// One member and not several in a row, which RFC 1952 allows as well: many readers stop after the first.
/// </para>
/// <para>Source: RFC 1951 section 3.2.4, RFC 1952 section 2.3.</para>
/// </remarks>
internal static class GzipMember
{
    private const int StoredMax = 0xFFFF;
    private const int StoredHeader = 5;

    [ThreadStatic]
    private static MemoryStream? t_output;

    /// <summary>Magic, deflate, no flags, no time, unknown system.</summary>
    public static ReadOnlySpan<byte> Header => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    /// <summary>An empty final block, the checksum and the length of all text, modulo 2^32.</summary>
    public static byte[] End(uint checksum, long plainLength)
    {
        byte[] end = new byte[10];
        end[0] = 0x03; // final, fixed codes, end of block
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)plainLength);
        return end;
    }

    /// <summary>Compresses <paramref name="text"/> into a fragment.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> text)
    {
        MemoryStream output = t_output ??= new MemoryStream(16 * 1024);
        output.SetLength(0);
        using var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(text);
        deflate.Flush();
        return output.ToArray(); // before the stream ends: what it writes then, a final block, is not taken
    }

    /// <summary>Text as stored blocks, at most 65,535 bytes each.</summary>
    public static byte[] Store(ReadOnlySpan<byte> text)
    {
        int blocks = (text.Length + StoredMax - 1) / StoredMax;
        byte[] stored = new byte[text.Length + (blocks * StoredHeader)];
        for (Span<byte> rest = stored; !text.IsEmpty;)
        {
            int length = Math.Min(text.Length, StoredMax);
            rest[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(rest[1..], (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(rest[3..], (ushort)~length);
            text[..length].CopyTo(rest[StoredHeader..]);
            text = text[length..];
            rest = rest[(StoredHeader + length)..];
        }

        return stored;
    }

    /// <summary>The text of a fragment.</summary>
    public static byte[] Inflate(byte[] fragment, int plainLength)
    {
        byte[] text = new byte[plainLength];
        using var deflate = new DeflateStream(new MemoryStream(fragment), CompressionMode.Decompress);
        deflate.ReadExactly(text);
        return text;
    }
}
