using System.Buffers.Binary;
using Rollcall.Core.Seams;

namespace Rollcall.Testing.Support;

/// <summary>The simplest packing: the length in four bytes, then the bytes, each turned over, so that none passes for plain.</summary>
public sealed class FramingPacker : IPiecePacker
{
    public byte[] Pack(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
        {
            throw new InvalidOperationException("No piece is empty: the cache's own promise.");
        }

        byte[] packed = new byte[sizeof(int) + piece.Length];
        BinaryPrimitives.WriteInt32LittleEndian(packed, piece.Length);
        for (int i = 0; i < piece.Length; i++)
        {
            packed[sizeof(int) + i] = (byte)~piece[i];
        }

        return packed;
    }

    /// <summary>What was packed, piece behind piece.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        var plain = new List<byte>(packed.Length);
        while (!packed.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(packed);
            foreach (byte turned in packed.Slice(sizeof(int), length))
            {
                plain.Add((byte)~turned);
            }

            packed = packed[(sizeof(int) + length)..];
        }

        return [.. plain];
    }
}
