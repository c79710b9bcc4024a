using System.Net;
using System.Net.Sockets;
using Rollcall.Interop.Tests.Links;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>The tool that breaks links breaks them, and only as it was told.</summary>
public sealed class WayTests
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Over_TCP_it_forwards_holds_cuts_and_heals()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        await using Way way = Way.For("tcp", ((IPEndPoint)target.LocalEndpoint).Port);
        using TcpClient near = await DialAsync(way);
        using Socket far = await target.AcceptSocketAsync().WaitAsync(Wait.Deadline);
        await PassesAsync(near.Client, far);
        await PassesAsync(far, near.Client);

        way.Silence(Direction.Back);
        await PassesAsync(near.Client, far);
        await far.SendAsync("x"u8.ToArray());
        Task<int> held = near.Client.ReceiveAsync(new byte[1], SocketFlags.None);
        await Task.WhenAny(held, Task.Delay(s_quiet));
        Assert.False(held.IsCompleted, "it came although it was silenced");
        way.Heal();
        Assert.Equal(1, await held.WaitAsync(Wait.Deadline));

        way.Cut();
        await EndsAsync(far);
        using var refused = new TcpClient();
        await EndsAsync(refused.Client, way.Port);
        way.Heal();
        using TcpClient again = await DialAsync(way);
        using Socket answered = await target.AcceptSocketAsync().WaitAsync(Wait.Deadline);
        await PassesAsync(again.Client, answered);
    }

    [Fact]
    public async Task Over_UDP_it_forwards_drops_and_heals()
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        far.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var way = (UdpWay)Way.For("quic", ((IPEndPoint)far.LocalEndPoint!).Port);
        using var near = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await near.ConnectAsync(IPAddress.Loopback, way.Port);
        await near.SendAsync(new byte[] { 1 });
        SocketReceiveFromResult first = await far.ReceiveFromAsync(new byte[1], new IPEndPoint(IPAddress.Any, 0)).WaitAsync(Wait.Deadline);
        await far.ConnectAsync(first.RemoteEndPoint);
        await PassesAsync(far, near);

        way.Silence(Direction.Forth);
        await near.SendAsync(new byte[] { 2 });
        await PassesAsync(far, near);
        await Wait.UntilAsync(() => Task.FromResult(way.Dropped == 1), () => "a datagram dropped");
        way.Heal();
        await near.SendAsync(new byte[] { 3 });
        byte[] received = new byte[1];
        await far.ReceiveAsync(received).WaitAsync(Wait.Deadline);
        Assert.Equal(3, received[0]);
    }

    private static async Task<TcpClient> DialAsync(Way way)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, way.Port).WaitAsync(Wait.Deadline);
        return client;
    }

    private static async Task PassesAsync(Socket from, Socket to)
    {
        await from.SendAsync(new byte[] { 7 });
        Assert.Equal(1, await to.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(Wait.Deadline));
    }

    private static async Task EndsAsync(Socket socket, int? dialled = null)
    {
        try
        {
            if (dialled is { } port)
            {
                await socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Wait.Deadline);
            }

            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(Wait.Deadline));
        }
        catch (SocketException)
        {
            // A reset is an end, too.
        }
    }
}
