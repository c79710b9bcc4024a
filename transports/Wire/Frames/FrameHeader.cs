using System.Buffers.Binary;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>What stands before the payload of every frame.</summary>
/// <remarks>Shape: 10 bytes; payload length (4, little-endian), opcode (1), flags (1), correlation id (4, little-endian).</remarks>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Opcode">What it asks for, or answers.</param>
/// <param name="Flags">See <see cref="FrameFlags"/>.</param>
/// <param name="Correlation">Chosen by the client, given back in the answers; 0: belongs to no request.</param>
internal readonly record struct FrameHeader(uint Length, Opcode Opcode, FrameFlags Flags, uint Correlation)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 10;

    /// <summary>Reads the first <see cref="Size"/> bytes of <paramref name="bytes"/>.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (Opcode)bytes[4],
            (FrameFlags)bytes[5],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..])
        );

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Length);
        bytes[4] = (byte)Opcode;
        bytes[5] = (byte)Flags;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[6..], Correlation);
    }
}
