using System.Net;
using System.Net.Sockets;
using Rollcall.Client.Servers;

namespace Rollcall.Client.AspNetCore;

/// <summary>Finds the local address of the route to the registry: the one address that is sure to be reachable from there.</summary>
internal static class RouteProbe
{
    private static readonly TimeSpan s_nameLimit = TimeSpan.FromSeconds(2);

    /// <summary>The local address of the route to the first server whose name is an address with a host; null: there is no route.</summary>
    public static async Task<IPAddress?> LocalAddressAsync(IEnumerable<RegistryServer> servers, CancellationToken cancellation)
    {
        foreach (RegistryServer server in servers)
        {
            if (Uri.TryCreate(server.Name, UriKind.Absolute, out Uri? address) && address.Host.Length > 0)
            {
                if (await LocalAddressAsync(address, cancellation) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static async Task<IPAddress?> LocalAddressAsync(Uri registry, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_nameLimit);
        try
        {
            IPAddress[] remotes = await Dns.GetHostAddressesAsync(registry.DnsSafeHost, limit.Token);
            using var socket = new Socket(remotes[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            // Connecting a datagram socket sends nothing: it makes the system choose the route.
            socket.Connect(remotes[0], registry.Port > 0 ? registry.Port : 1);
            IPAddress local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return new IPAddress(local.GetAddressBytes()); // without the scope, which means something here alone
        }
        catch (Exception problem) when (problem is SocketException || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
