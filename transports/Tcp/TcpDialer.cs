using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rollcall.Core.Seams;
using Rollcall.Transports.Tcp.Sockets;
using Rollcall.Transports.Tcp.Tls;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Tcp;

/// <summary>Connects to a node over TCP: one lane, one socket.</summary>
public sealed class TcpDialer(TcpDialerOptions options) : IWireDialer
{
    private ITcpLane? _lane;

    /// <inheritdoc/>
    public string Address { get; } = TcpAddress.Show(
        options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]:{options.Port}" : $"{options.Host}:{options.Port}",
        options.Tls is not null
    );

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    public async ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation)
    {
        Socket socket = await ConnectAsync(cancellation);
        if (options.Tls is not { } trust)
        {
            return _lane = new SocketLane(socket, closesItself: true);
        }

        var secure = new TlsLane(socket, closesItself: true);
        try
        {
            await TlsConnector.ConnectAsync(secure.Stream, options.Host, trust, cancellation);
        }
        catch (Exception e)
        {
            secure.Abort();
            if (e is OperationCanceledException)
            {
                throw;
            }

            throw new LinkException(LinkFailure.Unreachable, $"Cannot connect to {Address}: {e.Message.TrimEnd('.')}.", e);
        }

        return _lane = secure;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _lane?.Abort();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(options.Host, options.Port), cancellation);
            socket.ApplyWire(options.KeepAliveTime);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is not SocketException { SocketErrorCode: var error })
            {
                throw;
            }

            throw new LinkException(LinkFailure.Unreachable, $"Cannot connect to {Address}: {SocketFailure.Describe(error)}.", e);
        }
    }
}
