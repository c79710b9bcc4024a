using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>A connected socket as a lane, without anything between the two.</summary>
/// <remarks>
/// <para>Owner: takes the socket over. Reading and writing are independent; each by one caller at a time.</para>
/// </remarks>
internal sealed class SocketLane : IDuplexPipe, IAsyncDisposable
{
    /// <summary>How long the peer has to read the last words, and how much of what it still sends is thrown away.</summary>
    private static readonly TimeSpan s_lingerTime = TimeSpan.FromSeconds(1);
    private const int LingerBytesMax = 1_048_576;

    private readonly Socket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private readonly bool _closesItself;
    private int _open = 2; // directions

    /// <summary>A lane over <paramref name="socket"/>, which is connected.</summary>
    /// <param name="socket">Belongs to the lane from now on.</param>
    /// <param name="closesItself">The socket is closed when both directions are completed; else by <see cref="DisposeAsync"/>.</param>
    public SocketLane(Socket socket, bool closesItself)
    {
        socket.NoDelay = true;
        socket.Blocking = false; // so that a receive on the side, of what is there already, never waits
        _socket = socket;
        _closesItself = closesItself;
        _reader = new SocketReader(socket, CompleteDirection);
        _writer = new SocketWriter(socket, CompleteDirection);
    }

    /// <inheritdoc/>
    public PipeReader Input => _reader;

    /// <inheritdoc/>
    public PipeWriter Output => _writer;

    /// <summary>Closes at once; what is under way ends. From any thread.</summary>
    public void Abort()
    {
        _socket.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    /// <summary>Lets the peer read what was sent last, and closes. Both directions are completed.</summary>
    /// <remarks>
    /// A socket that is closed while something is unread is reset, and a reset takes from the peer what it has not read yet: the
    /// error frame that says why. So sending ends first, and what still arrives is thrown away, within limits.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            using var limit = new CancellationTokenSource(s_lingerTime);
            byte[] waste = new byte[4_096];
            for (int total = 0; total < LingerBytesMax; )
            {
                int count = await _socket.ReceiveAsync(waste, limit.Token);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The peer is gone already, or does not listen.
        }

        Abort();
    }

    private void CompleteDirection()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _closesItself)
        {
            Abort();
        }
    }
}
