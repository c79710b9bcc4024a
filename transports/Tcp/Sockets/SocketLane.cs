using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>A connected socket as a lane, with nothing between the two.</summary>
/// <remarks>
/// <para>Owner: takes the socket over. Reading and writing are independent; each by one caller at a time.</para>
/// </remarks>
internal sealed class SocketLane : ITcpLane
{
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

    /// <inheritdoc/>
    public void Abort() => _socket.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _socket.LingerAsync();
        Close();
    }

    private void CompleteDirection()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _closesItself)
        {
            Close();
        }
    }

    /// <summary>Both directions are completed, so nobody begins an operation any more.</summary>
    private void Close()
    {
        _socket.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }
}
