using System.Net;
using System.Net.Sockets;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Connections, each forwarded to one of its own.</summary>
internal sealed class TcpWay : Way
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = []; // guarded by _gate
    private readonly Task _accepting;
    private TaskCompletionSource _change = NewSignal(); // of what is silenced; guarded by _gate
    private long _passed;

    public TcpWay(IPEndPoint target)
        : base(target)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public override int Port { get; }

    public override long Passed => Interlocked.Read(ref _passed);

    public override void Cut()
    {
        base.Cut();
        lock (_gate)
        {
            foreach (Socket socket in _open)
            {
                socket.Close(timeout: 0); // a reset, as from a machine that went
            }

            _open.Clear();
        }

        Changed();
    }

    public override void Silence(Direction directions)
    {
        base.Silence(directions);
        Changed();
    }

    public override void Heal()
    {
        base.Heal();
        Changed();
    }

    public override async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await base.DisposeAsync();
        await _accepting;
        _listener.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptSocketAsync(Ending);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(near);
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            if (!TryKeep(near, far))
            {
                return;
            }

            await far.ConnectAsync(Target, Ending);
            await Task.WhenAny(ForwardAsync(near, far, Direction.Forth), ForwardAsync(far, near, Direction.Back));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The node is not there, or the way was cut.
        }
        finally
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

    private bool TryKeep(Socket near, Socket far)
    {
        lock (_gate)
        {
            return !IsCut && _open.Add(near) && _open.Add(far);
        }
    }

    private async Task ForwardAsync(Socket from, Socket to, Direction direction)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            for (int read = await from.ReceiveAsync(buffer, Ending); read > 0; read = await from.ReceiveAsync(buffer, Ending))
            {
                await PassesAsync(direction);
                for (int sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), Ending);
                }

                Interlocked.Add(ref _passed, read);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whichever ends first ends the other.
        }
    }

    private async Task PassesAsync(Direction direction)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                change = _change.Task;
            }

            if (!IsSilenced(direction))
            {
                return;
            }

            await change.WaitAsync(Ending);
        }
    }

    private void Changed()
    {
        TaskCompletionSource change;
        lock (_gate)
        {
            change = _change;
            _change = NewSignal();
        }

        change.SetResult();
    }
}
