using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>What went wrong with a socket, for people: the system's own words are kept for what has none here.</summary>
internal static class SocketFailure
{
    public static IOException Of(SocketError error) => new($"The connection is broken: {Describe(error)}.", new SocketException((int)error));

    public static string Describe(SocketError error) =>
        error switch
        {
            SocketError.ConnectionReset => "the other side reset it",
            SocketError.ConnectionAborted => "the network gave it up",
            SocketError.ConnectionRefused => "nothing listens there",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name cannot be resolved",
            SocketError.TooManyOpenSockets => "no file descriptor is left; raise the limit (ulimit -n)",
            SocketError.TimedOut => "the other side does not answer any more",
            _ => new SocketException((int)error).Message.TrimEnd('.'),
        };
}
