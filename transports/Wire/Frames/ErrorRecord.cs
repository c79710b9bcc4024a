using System.Buffers;
using System.Text;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>The payload of an error frame: a code, and a line for people.</summary>
internal static class ErrorRecord
{
    // One line for people; the longest that the registry writes names a service and an id in full.
    private const int MessageBytesMax = 4_096;

    /// <summary>Reads one; of what is none, that it is none.</summary>
    public static (WireErrorCode Code, string Message) Read(ReadOnlySpan<byte> payload)
    {
        WireErrorCode code = payload.IsEmpty ? WireErrorCode.Fault : (WireErrorCode)payload[0];
        string message = payload.IsEmpty ? "" : Encoding.UTF8.GetString(payload[1..Math.Min(payload.Length, MessageBytesMax)]);
        return (code, string.IsNullOrWhiteSpace(message) ? $"It gave no reason for error {(byte)code}." : message);
    }

    /// <summary>Writes the last frame of a lane.</summary>
    public static void Write(IBufferWriter<byte> output, WireErrorCode code, string message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message);
        int length = 1 + Math.Min(text.Length, MessageBytesMax);
        new FrameHeader((uint)length, Opcode.Error, FrameFlags.Answer | FrameFlags.Last, 0).Write(output.GetSpan(FrameHeader.Size));
        output.Advance(FrameHeader.Size);
        output.WriteByte((byte)code);
        output.Write(text.AsSpan(0, length - 1));
    }
}
