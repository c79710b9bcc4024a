using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Rollcall.Transports.Tcp.Sockets;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp.Tls;

/// <summary>A connected socket with TLS on it, as a lane. Fit for use after the handshake.</summary>
internal sealed class TlsLane : ITcpLane
{
    private readonly Socket _socket;
    private readonly StreamLane _lane;

    /// <summary>A lane over <paramref name="socket"/>, which is connected and belongs to it from now on.</summary>
    /// <param name="socket">Belongs to the lane from now on.</param>
    /// <param name="closesItself">The socket is closed when both directions are completed; else by <see cref="DisposeAsync"/>.</param>
    public TlsLane(Socket socket, bool closesItself)
    {
        _socket = socket;
        Stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        _lane = new StreamLane(Stream, closesItself ? Abort : null);
    }

    /// <summary>For the handshake.</summary>
    public SslStream Stream { get; }

    /// <inheritdoc/>
    public PipeReader Input => _lane.Input;

    /// <inheritdoc/>
    public PipeWriter Output => _lane.Output;

    /// <inheritdoc/>
    public void Abort() => Stream.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // So that the peer can tell the end from a cut.
            await Stream.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or AuthenticationException or OperationCanceledException)
        {
            // The handshake did not succeed, and the stream repeats why; or the peer is gone already.
        }

        await _socket.LingerAsync();
        Abort();
    }
}
