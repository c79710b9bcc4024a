using System.Net;
using System.Net.Sockets;

namespace Rollcall.Load.Connections;

/// <summary>One kept-alive connection that sends ready-made requests: as little work for the driver as can be.</summary>
/// <remarks>Owner: one request at a time. Answers without a body only.</remarks>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[4096];

    public static async Task<HttpConnection> ConnectAsync(EndPoint server)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(server);
        return connection;
    }

    /// <summary>Sends a request and waits for the whole answer; true if it is 200.</summary>
    /// <exception cref="IOException">The server has closed, or answers with more than a head.</exception>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _socket.SendAsync(request, cancellation);
        for (int length = 0; length < _answer.Length;)
        {
            int received = await _socket.ReceiveAsync(_answer.AsMemory(length), cancellation);
            if (received == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += received;
            if (_answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                return _answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8);
            }
        }

        throw new IOException($"The answer is over {_answer.Length} bytes.");
    }

    public void Dispose() => _socket.Dispose();
}
