using System.Net;
using System.Net.Sockets;
using Rollcall.Load.Connections;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Clusters;

/// <summary>A port of loopback that leads to a node: every byte goes through this process, which counts it, and can cut the way.</summary>
/// <remarks>
/// <para>Shape: two threads per connection, each one direction: receive, send on, then look at what it was.</para>
/// <para>What passes is a second opinion on the counters of the servers, and says what the bytes were of.</para>
/// </remarks>
internal sealed class CountingWay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly EndPoint _target;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = []; // guarded by _gate
    private bool _isCut; // guarded by _gate

    /// <summary>A way to <paramref name="target"/>.</summary>
    public CountingWay(EndPoint target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"tcp://{_listener.LocalEndPoint}";
        Start(Accept);
    }

    /// <summary>Where it begins: what a node is told as its peer.</summary>
    public string Address { get; }

    /// <summary>What has passed, both ways.</summary>
    public LinkTraffic Traffic { get; } = new();

    /// <summary>Resets what is open, and lets nobody through.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            foreach (Socket socket in _open)
            {
                socket.Close(timeout: 0);
            }

            _open.Clear();
        }
    }

    /// <summary>Lets everybody through again.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _isCut = false;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private static void Start(Action run) => new Thread(() => run()) { IsBackground = true, Name = "counting way" }.Start();

    private void Accept()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = _listener.Accept();
            }
            catch (SocketException)
            {
                return; // disposed of
            }

            Start(() => Serve(near));
        }
    }

    private void Serve(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            if (!TryKeep(near, far))
            {
                return;
            }

            far.Connect(_target);
            LinkTraffic.Lane lane = Traffic.Begin();
            Start(() => Forward(near, far, lane.Forth));
            Forward(far, near, lane.Back);
        }
        catch (SocketException)
        {
            // The node is not there, or the way was cut.
        }
        finally
        {
            Close(near, far);
        }
    }

    private void Forward(Socket from, Socket to, Action<FrameHeader, byte[]> passed)
    {
        var frames = new IncomingFrames(256 * 1024);
        try
        {
            while (true)
            {
                Memory<byte> room = frames.Room();
                int received = from.Receive(room.Span);
                if (received == 0)
                {
                    return;
                }

                for (int sent = 0; sent < received;)
                {
                    sent += to.Send(room.Span[sent..received]);
                }

                frames.Filled(received);
                while (frames.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
                {
                    passed(header, LinkTraffic.IsKept(header.Opcode) ? payload.ToArray() : []);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Whichever ends first ends the other.
        }
        finally
        {
            Close(from, to);
        }
    }

    private bool TryKeep(Socket near, Socket far)
    {
        lock (_gate)
        {
            return !_isCut && _open.Add(near) && _open.Add(far);
        }
    }

    private void Close(Socket near, Socket far)
    {
        lock (_gate)
        {
            _open.Remove(near);
            _open.Remove(far);
        }

        near.Close(timeout: 0);
        far.Close(timeout: 0);
    }
}
