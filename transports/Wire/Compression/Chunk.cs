using System.Buffers;
using System.IO.Compression;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Compression;

/// <summary>Packed bytes: a row of chunks, each packed by itself, so that one packed once may stand in any message.</summary>
/// <remarks>Shape: length when unpacked, length as packed or 0 if it is stored as it is (numbers), then the bytes.</remarks>
internal static class Chunk
{
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 18; // 256 kB: more than a chunk usually has
    // Below this, what a packer needs for itself is more than it saves.
    private const int PackedMin = 64;

    /// <summary>Most bytes of one chunk, unpacked: what a chunk that lies can make its reader take for nothing.</summary>
    private const int BytesMax = 1024 * 1024;

    /// <summary>Bytes as chunks: one, if they are not too many.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> plain, Packing packing)
    {
        var chunks = new ArrayBufferWriter<byte>(plain.Length / 2 + PackedMin);
        while (!plain.IsEmpty)
        {
            int length = Math.Min(plain.Length, BytesMax);
            Append(chunks, plain[..length], packing);
            plain = plain[length..];
        }

        return chunks.WrittenSpan.ToArray();
    }

    /// <summary>What a row of chunks holds.</summary>
    /// <param name="packed">The chunks.</param>
    /// <param name="packing">How they are packed.</param>
    /// <param name="bytesMax">Most bytes it may have.</param>
    /// <exception cref="InvalidDataException">It holds more, or is damaged.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, Packing packing, int bytesMax)
    {
        var plain = new ArrayBufferWriter<byte>(packed.Length + 1);
        var reader = new PayloadReader(packed);
        while (reader.Left > 0)
        {
            ulong plainLength = reader.Number();
            ulong length = reader.Number();
            if (plainLength > BytesMax || (ulong)plain.WrittenCount + plainLength > (ulong)bytesMax)
            {
                throw new InvalidDataException($"packed bytes hold more than the {bytesMax} that are permitted, or a chunk more than {BytesMax}");
            }

            ReadOnlySpan<byte> bytes = reader.Bytes(length == 0 ? (int)plainLength : (int)Math.Min(length, int.MaxValue));
            if (reader.Failed || !TryUnpack(bytes, plain.GetSpan((int)plainLength)[..(int)plainLength], length == 0, packing))
            {
                throw new InvalidDataException("packed bytes are damaged");
            }

            plain.Advance((int)plainLength);
        }

        return reader.Failed ? throw new InvalidDataException("packed bytes are cut off") : plain.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> chunks, ReadOnlySpan<byte> plain, Packing packing)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(RoomFor(plain.Length, packing));
        int length = plain.Length < PackedMin ? 0 : Compress(plain, room, packing);
        bool stored = length == 0 || length >= plain.Length;
        chunks.WriteNumber((ulong)plain.Length);
        chunks.WriteNumber(stored ? 0 : (ulong)length);
        chunks.Write(stored ? plain : room.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(room);
    }

    private static bool TryUnpack(ReadOnlySpan<byte> bytes, Span<byte> plain, bool stored, Packing packing)
    {
        if (stored)
        {
            bytes.CopyTo(plain);
            return true;
        }

        return TryDecompress(bytes, plain, packing);
    }

    private static int RoomFor(int length, Packing packing) =>
        packing == Packing.Lz4 ? Lz4.MaximumLength(length) : BrotliEncoder.GetMaxCompressedLength(length);

    private static int Compress(ReadOnlySpan<byte> plain, Span<byte> room, Packing packing) =>
        packing == Packing.Lz4 ? Lz4.Compress(plain, room)
        : BrotliEncoder.TryCompress(plain, room, out int length, BrotliQuality, BrotliWindow) ? length
        : 0;

    private static bool TryDecompress(ReadOnlySpan<byte> bytes, Span<byte> plain, Packing packing) =>
        packing switch
        {
            Packing.Lz4 => Lz4.IsSupported && Lz4.TryDecompress(bytes, plain),
            Packing.Brotli => BrotliDecoder.TryDecompress(bytes, plain, out int length) && length == plain.Length,
            _ => false,
        };
}

/// <summary>Packs the pieces of snapshots as chunks.</summary>
internal sealed class ChunkPacker(Packing packing) : IPiecePacker
{
    /// <inheritdoc/>
    public byte[] Pack(ReadOnlySpan<byte> piece) => Chunk.Pack(piece, packing);
}
