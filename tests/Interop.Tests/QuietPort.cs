using System.Net;
using System.Net.Sockets;

namespace Rollcall.Interop.Tests;

/// <summary>A port that stays free while the server that has it is away.</summary>
/// <remarks>
/// Of the ports that the system hands out (32768 and up on Linux) one that a killed server had may go to a client that dials it
/// again and again, and then the server cannot come back. Below them nobody gets one who does not ask for it.
/// </remarks>
internal static class QuietPort
{
    private const int Lowest = 20_000;
    private const int Beyond = 32_000;

    /// <summary>A port that is free now, of TCP and of UDP.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(Lowest, Beyond);
            if (IsFree(SocketType.Stream, ProtocolType.Tcp, port) && IsFree(SocketType.Dgram, ProtocolType.Udp, port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(SocketType type, ProtocolType protocol, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
