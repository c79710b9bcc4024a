using System.Globalization;
using System.Net.Sockets;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Links;

/// <summary>10,000 clients that said hello and then nothing: the server in its process, the clients in this one.</summary>
public sealed class ManyConnectionsTests(ITestOutputHelper output)
{
    private const int Count = 10_000;

    /// <summary>Resident memory of the server for one of them. Targets row 18 allows 16 kB, and wants 4 kB, of a subscriber.</summary>
    private const int BytesMax = 16 * 1024;

    /// <summary>Hello of version 1.0: all roles of a lane, no packing, the name "idle", no credentials (WIRE.md).</summary>
    private static readonly byte[] s_hello =
    [
        16, 0, 0, 0, 0x01, 0, 1, 0, 0, 0,
        .. "RCWP"u8, 1, 0, 0, 0, 4, .. "idle"u8, 0, 0, 0,
    ];

    [Fact]
    public async Task Idle_connections_cost_little_and_others_are_served_as_before()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        Uri tcp = server.AddressOf("tcp");
        var idle = new List<Socket>(Count);
        try
        {
            Open(tcp, idle, 500); // what is made once for all
            long before = ResidentBytes(server.Id);
            int warm = idle.Count;
            Open(tcp, idle, Count - warm);
            long perConnection = (ResidentBytes(server.Id) - before) / (Count - warm);

            await using WireLink link = await WireLink.ConnectAsync(
                new TcpDialer(new TcpDialerOptions { Host = tcp.Host, Port = tcp.Port }),
                new WireLinkOptions()
            );
            RegisterResult registered = await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
            for (int i = 0; i < 1_000; i++)
            {
                Assert.True(await link.RenewAsync(registered.Handle).AsTask().WaitAsync(Wait.Deadline));
            }

            output.WriteLine($"{Count} idle connections: {perConnection} bytes resident each");
            Assert.InRange(perConnection, 0, BytesMax);
            Assert.All(idle, socket => Assert.False(socket.Poll(0, SelectMode.SelectRead), "An idle connection was closed or written to."));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    private static void Open(Uri tcp, List<Socket> sockets, int count)
    {
        byte[] answer = new byte[256];
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveTimeout = (int)Wait.Deadline.TotalMilliseconds,
            };
            sockets.Add(socket);
            socket.Connect(tcp.Host, tcp.Port);
            socket.Send(s_hello);
            int bytes = socket.Receive(answer);
            Assert.True(bytes > 10 && answer[4] == 0x01, $"Connection {i} was answered by {bytes} bytes of operation {answer[4]}, not by hello.");
        }
    }

    private static long ResidentBytes(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
