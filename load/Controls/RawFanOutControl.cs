using System.Net.Sockets;
using Rollcall.Load.Connections;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Controls;

/// <summary>The least that a push can do: what one connection sends is written to every other, one socket after the other.</summary>
/// <remarks>
/// A connection that asks to watch becomes a reader. The payload of any other frame is written to all readers as it is: the driver
/// gives it the bytes that the server pushed, so that both arms write the same.
/// </remarks>
internal static class RawFanOutControl
{
    private static readonly List<Socket> s_readers = []; // guarded by itself

    public static Task ServeAsync(Action<string> ready) => RawListener.ServeAsync(ready, AnswerAsync);

    private static async Task AnswerAsync(Socket socket)
    {
        var input = new IncomingFrames();
        byte[] answer = new byte[FrameHeader.Size];
        while (await socket.ReceiveAsync(input.Room()) is > 0 and int received)
        {
            input.Filled(received);
            while (input.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                CarryOut(header, payload, socket);
                new FrameHeader(0, header.Opcode, FrameFlags.Answer, header.Correlation).Write(answer);
                if (header.Opcode is not (Opcode.Watch or Opcode.Acknowledge))
                {
                    socket.Send(answer);
                }
            }
        }
    }

    private static void CarryOut(in FrameHeader header, ReadOnlySpan<byte> payload, Socket socket)
    {
        lock (s_readers)
        {
            if (header.Opcode == Opcode.Watch)
            {
                s_readers.Add(socket);
            }
            else if (header.Opcode == Opcode.SetStatus)
            {
                foreach (Socket reader in s_readers)
                {
                    reader.Send(payload);
                }
            }
        }
    }
}
