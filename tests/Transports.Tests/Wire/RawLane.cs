using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>A client that writes any bytes and reads frames: what <see cref="WireLink"/> never would.</summary>
internal sealed class RawLane(IDuplexPipe pipe)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>A hello that asks for nothing.</summary>
    public static byte[] Hello(PackingSet packings = PackingSet.None, WireCredentials? credentials = null) =>
        Frame(
            Opcode.Hello,
            1,
            output =>
                new HelloRequest(
                    WireVersion.Major,
                    WireVersion.Minor,
                    packings,
                    LaneRole.All,
                    "test",
                    (credentials ?? WireCredentials.None).Kind,
                    credentials?.User ?? "",
                    credentials?.Secret ?? ""
                ).Write(output)
        );

    /// <summary>One frame.</summary>
    public static byte[] Frame(Opcode opcode, uint correlation, Action<IBufferWriter<byte>>? write = null, FrameFlags flags = FrameFlags.None)
    {
        var buffer = new FrameBuffer();
        buffer.Begin();
        write?.Invoke(buffer);
        buffer.End(opcode, flags, correlation);
        return buffer.Written.ToArray();
    }

    /// <summary>Sends bytes as they are; nothing, if nobody is there any more.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await pipe.Output.WriteAsync(bytes).AsTask().WaitAsync(s_patience);
        }
        catch (InvalidOperationException)
        {
            // The session has completed its end meanwhile.
        }
    }

    /// <summary>Says hello and takes the answer.</summary>
    public async Task<RawLane> GreetAsync(PackingSet packings = PackingSet.None)
    {
        await SendAsync(Hello(packings));
        (FrameHeader header, _) = await ReadAsync() ?? throw new InvalidOperationException("closed at hello");
        return header.Opcode == Opcode.Hello ? this : throw new InvalidOperationException($"hello was answered by {header}");
    }

    /// <summary>The next frame; null if the session has closed.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)?> ReadAsync()
    {
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAsync().AsTask().WaitAsync(s_patience);
            ReadOnlySequence<byte> bytes = read.Buffer;
            if (bytes.Length >= FrameHeader.Size)
            {
                FrameHeader header = FrameHeader.Read(bytes.Slice(0, FrameHeader.Size).ToArray());
                if (bytes.Length >= FrameHeader.Size + header.Length)
                {
                    byte[] payload = bytes.Slice(FrameHeader.Size, header.Length).ToArray();
                    pipe.Input.AdvanceTo(bytes.GetPosition(FrameHeader.Size + header.Length));
                    return (header, payload);
                }
            }

            pipe.Input.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted)
            {
                return bytes.IsEmpty ? null : throw new InvalidOperationException("the session closed within a frame");
            }
        }
    }

    /// <summary>All frames up to the end; the client sends no more.</summary>
    public async Task<List<(FrameHeader Header, byte[] Payload)>> EndAsync()
    {
        await pipe.Output.CompleteAsync();
        var frames = new List<(FrameHeader, byte[])>();
        while (await ReadAsync() is { } frame)
        {
            frames.Add(frame);
        }

        await pipe.Input.CompleteAsync();
        return frames;
    }
}
