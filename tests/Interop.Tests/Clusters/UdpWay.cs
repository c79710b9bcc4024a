using System.Net;
using System.Net.Sockets;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Datagrams, forwarded from a port of its own for each that sends.</summary>
internal sealed class UdpWay : Way
{
    private readonly Socket _near = NewSocket();
    private readonly Dictionary<EndPoint, Socket> _far = []; // of the one loop
    private readonly Task _forwarding;
    private long _passed;
    private long _dropped;

    public UdpWay(IPEndPoint target)
        : base(target)
    {
        _near.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)_near.LocalEndPoint!).Port;
        _forwarding = ForwardAsync();
    }

    public override int Port { get; }

    public override long Passed => Interlocked.Read(ref _passed);

    /// <summary>Datagrams that did not pass because they were not to.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _forwarding;
        _near.Dispose();
        foreach (Socket far in _far.Values)
        {
            far.Dispose();
        }
    }

    // Large enough that this process, busy with a test, is no worse a network than loopback.
    private static Socket NewSocket() =>
        new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 * 1024 * 1024, SendBufferSize = 4 * 1024 * 1024 };

    private async Task ForwardAsync()
    {
        byte[] buffer = new byte[BufferBytes];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!Ending.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _near.ReceiveFromAsync(buffer, any, Ending);
                if (!_far.TryGetValue(received.RemoteEndPoint, out Socket? far))
                {
                    far = NewSocket();
                    await far.ConnectAsync(Target, Ending);
                    _far.Add(received.RemoteEndPoint, far);
                    _ = AnswerAsync(far, received.RemoteEndPoint);
                }

                if (Passes(Direction.Forth))
                {
                    await far.SendAsync(buffer.AsMemory(0, received.ReceivedBytes), Ending);
                    Interlocked.Add(ref _passed, received.ReceivedBytes);
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // Nobody is there now: a datagram more that is lost.
            }
        }
    }

    private bool Passes(Direction direction)
    {
        bool passes = !IsCut && !IsSilenced(direction);
        Interlocked.Add(ref _dropped, passes ? 0 : 1);
        return passes;
    }

    private async Task AnswerAsync(Socket far, EndPoint near)
    {
        byte[] buffer = new byte[BufferBytes];
        while (!Ending.IsCancellationRequested)
        {
            try
            {
                int read = await far.ReceiveAsync(buffer, Ending);
                if (Passes(Direction.Back))
                {
                    await _near.SendToAsync(buffer.AsMemory(0, read), near, Ending);
                    Interlocked.Add(ref _passed, read);
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The same.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
