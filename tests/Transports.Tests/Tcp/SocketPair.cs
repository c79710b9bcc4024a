using System.Net;
using System.Net.Sockets;
using Rollcall.Transports.Tcp.Sockets;

namespace Rollcall.Transports.Tests.Tcp;

/// <summary>Two connected sockets: a lane, and a plain blocking socket at its other end.</summary>
internal sealed class SocketPair : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private SocketPair(Socket near, Socket far)
    {
        Lane = new SocketLane(near, closesItself: false);
        Near = near;
        Far = far;
    }

    /// <summary>The lane under test.</summary>
    public SocketLane Lane { get; }

    /// <summary>The lane's socket.</summary>
    public Socket Near { get; }

    /// <summary>The peer's socket; gives up after the patience of a test.</summary>
    public Socket Far { get; }

    public static SocketPair Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)s_patience.TotalMilliseconds,
            SendTimeout = (int)s_patience.TotalMilliseconds,
        };
        far.Connect(listener.LocalEndPoint!);
        Socket near = listener.Accept();
        near.ApplyWire(TimeSpan.FromMinutes(1));
        return new SocketPair(near, far);
    }

    /// <summary>Closes the peer's end so that the lane's end is reset.</summary>
    public void ResetFar()
    {
        Far.LingerState = new LingerOption(true, 0);
        Far.Dispose();
    }

    public void Dispose()
    {
        Lane.Abort();
        Far.Dispose();
    }
}
