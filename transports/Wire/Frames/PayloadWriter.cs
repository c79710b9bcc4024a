using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>Writes the values of a payload: what <see cref="PayloadReader"/> reads.</summary>
internal static class PayloadWriter
{
    private const int NumberBytesMax = 10;

    public static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public static void WriteFixed64(this IBufferWriter<byte> output, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), value);
        output.Advance(sizeof(ulong));
    }

    public static void WriteNumber(this IBufferWriter<byte> output, ulong value) =>
        output.Advance(PutNumber(output.GetSpan(NumberBytesMax), value));

    public static void WriteSigned(this IBufferWriter<byte> output, long value) =>
        output.WriteNumber((ulong)((value << 1) ^ (value >> 63)));

    public static void WriteUtf8(this IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.WriteNumber((ulong)text.Length);
        output.Write(text);
    }

    public static void WriteText(this IBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        output.WriteNumber((ulong)length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
    }

    /// <summary>Puts a number at the beginning of <paramref name="bytes"/>; returns its length.</summary>
    public static int PutNumber(Span<byte> bytes, ulong value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        return length;
    }
}
