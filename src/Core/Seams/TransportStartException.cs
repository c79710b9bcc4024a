// The core opens no socket; this only words why one could not be opened, for every transport in the same way.
#pragma warning disable RS0030
using System.Net.Sockets;

namespace Rollcall.Core.Seams;

/// <summary>A transport that cannot listen: one line that says where and why.</summary>
public sealed class TransportStartException : Exception
{
    /// <summary>With the line for people.</summary>
    public TransportStartException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>It cannot listen there; <paramref name="option"/> is what to change, as <c>TcpServerOptions.Address</c>.</summary>
    public static TransportStartException CannotListen(string where, string option, Exception inner) =>
        new($"Cannot listen on {where}: {Cause(inner)} ({option}).", inner);

    /// <summary>The innermost message: the system's own words, without the layers that repeat the address.</summary>
    private static string Cause(Exception exception)
    {
        SocketException? socket = null;
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            socket = e as SocketException ?? socket;
        }

        return socket?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the port is in use; stop the other process or choose another port",
            SocketError.AccessDenied => "this user may not use the port; choose one above 1023",
            SocketError.AddressNotAvailable => "this machine does not have the address",
            _ => exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.'),
        };
    }
}
