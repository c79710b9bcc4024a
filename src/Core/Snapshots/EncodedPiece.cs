using Rollcall.Core.Seams;

namespace Rollcall.Core.Snapshots;

/// <summary>Encoded bytes of a part of a document: bytes of its own, or a sequence of parts.</summary>
/// <remarks>Immutable. Mirrors the tree of records, so that a new version shares with the one before all that did not change.</remarks>
internal sealed class EncodedPiece
{
    public static EncodedPiece Nothing { get; } = new([], 0, 0);

    private EncodedPiece(byte[] bytes, long plainLength, uint checksum)
    {
        Bytes = bytes;
        Length = bytes.Length;
        PlainLength = plainLength;
        Checksum = checksum;
    }

    private EncodedPiece(EncodedPiece[] parts)
    {
        Parts = parts;
        foreach (EncodedPiece part in parts)
        {
            Length += part.Length;
            PlainLength += part.PlainLength;
            Checksum = Crc32.Combine(Checksum, part.Checksum, part.PlainLength);
        }
    }

    /// <summary>Own bytes; null if it consists of parts.</summary>
    public byte[]? Bytes { get; }

    /// <summary>Parts in order; empty if it has bytes of its own.</summary>
    public EncodedPiece[] Parts { get; } = [];

    /// <summary>Bytes as coded.</summary>
    public long Length { get; }

    /// <summary>Bytes before the coding.</summary>
    public long PlainLength { get; }

    /// <summary>CRC-32 of the bytes before the coding; of plain pieces 0, nobody asks.</summary>
    public uint Checksum { get; }

    /// <summary>A piece that is sent as it is.</summary>
    public static EncodedPiece Plain(ReadOnlySpan<byte> bytes) => new(bytes.ToArray(), bytes.Length, 0);

    /// <summary>A piece that an <see cref="IPiecePacker"/> packed.</summary>
    public static EncodedPiece Packed(byte[] packed, int plainLength) => new(packed, plainLength, 0);

    /// <summary>A piece of a gzip member, worth compressing.</summary>
    public static EncodedPiece Deflated(ReadOnlySpan<byte> bytes) =>
        new(GzipMember.Deflate(bytes), bytes.Length, Crc32.Of(bytes));

    /// <summary>A piece of a gzip member, too short to be worth compressing.</summary>
    public static EncodedPiece Stored(ReadOnlySpan<byte> bytes) => new(GzipMember.Store(bytes), bytes.Length, Crc32.Of(bytes));

    /// <summary>Pieces in a row.</summary>
    public static EncodedPiece Join(List<EncodedPiece> parts) => parts.Count == 1 ? parts[0] : new EncodedPiece([.. parts]);
}
