using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Rollcall.Core;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>Writes frames to the client, as many as one read brought, until they are flushed together.</summary>
/// <remarks>Owner: the loop of one session.</remarks>
internal sealed class FrameOutput(PipeWriter writer)
{
    // One line for people; the longest that the registry writes names a service and an id in full.
    private const int MessageBytesMax = 4_096;

    /// <summary>Bytes written since the last flush.</summary>
    public int Waiting { get; private set; }

    /// <summary>An answer without a payload.</summary>
    public void Empty(Opcode opcode, uint correlation) => Header(0, opcode, FrameFlags.Answer, correlation);

    /// <summary>An answer of one byte.</summary>
    public void Byte(Opcode opcode, uint correlation, byte value)
    {
        Span<byte> frame = writer.GetSpan(FrameHeader.Size + 1);
        new FrameHeader(1, opcode, FrameFlags.Answer, correlation).Write(frame);
        frame[FrameHeader.Size] = value;
        Advance(FrameHeader.Size + 1);
    }

    /// <summary>The answer to a write.</summary>
    public void Written(Opcode opcode, uint correlation, in WriteResult result)
    {
        if (result.Error is not null)
        {
            Refused(correlation, result.Error);
            return;
        }

        Span<byte> number = stackalloc byte[10];
        Frame(opcode, FrameFlags.Answer, correlation, number[..PayloadWriter.PutNumber(number, result.Version)]);
    }

    /// <summary>A frame with its payload.</summary>
    public void Frame(Opcode opcode, FrameFlags flags, uint correlation, ReadOnlySpan<byte> payload)
    {
        Header(payload.Length, opcode, flags, correlation);
        Payload(payload);
    }

    /// <summary>A header; as many bytes of payload as it says follow by <see cref="Payload"/>.</summary>
    public void Header(int length, Opcode opcode, FrameFlags flags, uint correlation)
    {
        new FrameHeader((uint)length, opcode, flags, correlation).Write(writer.GetSpan(FrameHeader.Size));
        Advance(FrameHeader.Size);
    }

    /// <summary>Bytes of a payload.</summary>
    public void Payload(ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes);
        Waiting += bytes.Length;
    }

    /// <summary>A request was refused; nothing was changed.</summary>
    public void Refused(uint correlation, RegistryError error) => Error(correlation, (WireErrorCode)error.Code, error.Message);

    /// <summary>A request was not carried out.</summary>
    /// <param name="correlation">Of the request; 0: of none.</param>
    /// <param name="code">For programs.</param>
    /// <param name="message">One line for people, without secrets.</param>
    /// <param name="last">True if the session ends by it.</param>
    public void Error(uint correlation, WireErrorCode code, string message, bool last = false)
    {
        Span<byte> payload = stackalloc byte[MessageBytesMax];
        payload[0] = (byte)code;
        Utf8.FromUtf16(message, payload[1..], out _, out int length); // as much as there is room for
        Frame(Opcode.Error, last ? FrameFlags.Answer | FrameFlags.Last : FrameFlags.Answer, correlation, payload[..(1 + length)]);
    }

    /// <summary>Sends what was written. Canceled: the session is to end.</summary>
    public ValueTask<FlushResult> FlushAsync()
    {
        Waiting = 0;
        return writer.FlushAsync();
    }

    /// <summary>Room for answers that are put together by the caller.</summary>
    public Span<byte> Room(int bytes) => writer.GetSpan(bytes);

    /// <summary>So many bytes of <see cref="Room"/> are used.</summary>
    public void Advance(int bytes)
    {
        writer.Advance(bytes);
        Waiting += bytes;
    }
}
