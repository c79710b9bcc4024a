using System.Net;
using System.Net.Sockets;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>Takes a frame that came in.</summary>
/// <param name="reader">Where it came in: an answer can be sent there.</param>
/// <param name="header">Its header.</param>
/// <param name="payload">Its payload; valid during the call.</param>
/// <param name="at">When it was there, of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal delegate void FrameHandler(FrameReader reader, in FrameHeader header, ReadOnlySpan<byte> payload, long at);

/// <summary>A connection whose frames are handled as they come, on the thread that the system wakes: thousands of them in one process.</summary>
/// <remarks>
/// <para>Owner: whoever made it sends; the handler is called by one thread at a time.</para>
/// <para>Errors: <see cref="Ended"/> fails with what the handler threw, or if the server closes.</para>
/// </remarks>
internal sealed class FrameReader : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly IncomingFrames _input = new(2 * 1024);

    private FrameReader() { }

    /// <summary>Never ends while all is well.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Connects, exchanges hellos, sends <paramref name="first"/>, and handles what comes then.</summary>
    public static async Task<FrameReader> StartAsync(EndPoint server, ReadOnlyMemory<byte> first, FrameHandler handler)
    {
        var reader = new FrameReader();
        await reader._socket.ConnectAsync(server);
        await reader._socket.SendAsync(FrameBytes.Hello("load"));
        while (!reader._input.TryTake(out _, out _))
        {
            await reader.ReceiveAsync();
        }

        await reader._socket.SendAsync(first);
        reader.Ended = reader.HandleAsync(handler);
        return reader;
    }

    /// <summary>Sends a small frame; what it takes fits the socket's buffer.</summary>
    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    public void Dispose() => _socket.Dispose();

    private async Task HandleAsync(FrameHandler handler)
    {
        while (true)
        {
            await ReceiveAsync();
            HandleAll(handler, System.Diagnostics.Stopwatch.GetTimestamp());
        }
    }

    private void HandleAll(FrameHandler handler, long at)
    {
        while (_input.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            handler(this, header, payload, at);
        }
    }

    private async ValueTask ReceiveAsync()
    {
        int received = await _socket.ReceiveAsync(_input.Room());
        if (received == 0)
        {
            throw new IOException("The server closed the connection.");
        }

        _input.Filled(received);
    }
}
