using System.Buffers.Binary;
using System.IO.Compression;

namespace Rollcall.Testing.Support;

/// <summary>Reads gzip as the strictest reader does: one member, its checksum and length true, not a byte behind it.</summary>
/// <remarks>
/// Source: RFC 1951 and 1952. The inflater is our own and knows exactly where the deflate stream ends, which
/// <see cref="GZipStream"/> hides (it reads on over several members). Both must give the same bytes.
/// </remarks>
public static class StrictGzip
{
    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;

    /// <summary>The plain bytes, or a <see cref="FormatException"/> that says what is wrong.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < HeaderBytes + TrailerBytes || packed[0] != 0x1F || packed[1] != 0x8B || packed[2] != 8)
        {
            throw new FormatException("no gzip header");
        }

        if (packed[3] != 0)
        {
            throw new FormatException($"header flags {packed[3]:x}: no optional part is expected");
        }

        byte[] plain = Inflate.All(packed[HeaderBytes..], out int used);
        ReadOnlySpan<byte> trailer = packed[(HeaderBytes + used)..];
        if (trailer.Length != TrailerBytes)
        {
            throw new FormatException(
                $"{trailer.Length} bytes follow the first deflate stream, not the {TrailerBytes} of the trailer"
            );
        }

        Check("CRC-32", BinaryPrimitives.ReadUInt32LittleEndian(trailer), Crc32(plain));
        Check("length", BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]), (uint)plain.Length);
        if (!ByFramework(packed).AsSpan().SequenceEqual(plain))
        {
            throw new FormatException("GZipStream reads other bytes");
        }

        return plain;
    }

    private static void Check(string what, uint told, uint seen)
    {
        if (told != seen)
        {
            throw new FormatException($"{what}: the trailer says {told:x8}, the bytes say {seen:x8}");
        }
    }

    private static byte[] ByFramework(ReadOnlySpan<byte> packed)
    {
        using var unpacking = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unpacking.CopyTo(plain);
        return plain.ToArray();
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOfByte)];

    private static uint CrcOfByte(int value)
    {
        uint crc = (uint)value;
        for (int bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return crc;
    }
}
