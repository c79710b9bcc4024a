using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>How every socket of the wire is set, and how it ends.</summary>
internal static class SocketSettings
{
    /// <summary>
    /// Bytes that the kernel takes beyond what the network has room for. More only grows the queue that an answer to a heartbeat waits
    /// behind, and the memory that a reader who does not read can hold: without a limit that is 4 MB a connection.
    /// </summary>
    private const int UnsentBytesMax = 65_536;

    /// <summary><c>TCP_NOTSENT_LOWAT</c> of Linux, which .NET has no name for.</summary>
    private const int LinuxNotSentLowWater = 25;

    private const int KeepAliveIntervalSeconds = 10;
    private const int KeepAliveProbes = 3;

    /// <summary>How long a peer has to read the last words, and how much of what it still sends is thrown away.</summary>
    private static readonly TimeSpan s_lingerTime = TimeSpan.FromSeconds(1);
    private const int LingerBytesMax = 1_048_576;

    /// <summary>Sets a connected socket: nothing waits to be sent together, little waits in the kernel, a peer that vanished is noticed.</summary>
    public static void ApplyWire(this Socket socket, TimeSpan keepAliveTime)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)keepAliveTime.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxNotSentLowWater, BitConverter.GetBytes(UnsentBytesMax));
        }
    }

    /// <summary>Ends sending and throws away what still arrives, within limits.</summary>
    /// <remarks>
    /// A socket that is closed while something is unread is reset, and a reset takes from the peer what it has not read yet: the error
    /// frame that says why.
    /// </remarks>
    public static async ValueTask LingerAsync(this Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            using var limit = new CancellationTokenSource(s_lingerTime);
            byte[] waste = new byte[4_096];
            for (int total = 0; total < LingerBytesMax;)
            {
                int count = await socket.ReceiveAsync(waste, limit.Token);
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
    }
}
