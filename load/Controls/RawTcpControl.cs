using System.Net;
using System.Net.Sockets;
using Rollcall.Load.Connections;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Controls;

/// <summary>The least that a server of frames can do: finds each frame that a read brought, answers it with an empty one, sends once.</summary>
/// <remarks>No registry, no pipeline, no session: one loop on a socket per connection. What the server adds is the difference.</remarks>
internal static class RawTcpControl
{
    private const int BufferBytes = 256 * 1024;

    public static Task ServeAsync(Action<string> ready) => RawListener.ServeAsync(ready, AnswerAsync);

    private static async Task AnswerAsync(Socket socket)
    {
        var input = new IncomingFrames(BufferBytes);
        byte[] output = new byte[BufferBytes];
        while (await socket.ReceiveAsync(input.Room()) is > 0 and int received)
        {
            input.Filled(received);
            int written = 0;
            while (input.TryTake(out FrameHeader header, out _))
            {
                new FrameHeader(0, header.Opcode, FrameFlags.Answer, header.Correlation).Write(output.AsSpan(written));
                written += FrameHeader.Size;
            }

            if (written > 0)
            {
                await socket.SendAsync(output.AsMemory(0, written));
            }
        }
    }
}

/// <summary>Listens on a free port of loopback and gives each connection to a loop of its own.</summary>
internal static class RawListener
{
    public static async Task ServeAsync(Action<string> ready, Func<Socket, Task> serve)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4_096);
        ready($"tcp://{listener.LocalEndPoint}");
        while (true)
        {
            Socket socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = ServeAsync(socket, serve);
        }
    }

    private static async Task ServeAsync(Socket socket, Func<Socket, Task> serve)
    {
        using (socket)
        {
            try
            {
                await serve(socket);
            }
            catch (SocketException)
            {
                // The driver has gone.
            }
        }
    }
}
