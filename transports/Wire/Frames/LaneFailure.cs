using System.Net.Sockets;
using System.Security.Authentication;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>What a lane throws when the other end, or what it stands on, is gone: expected on both sides.</summary>
internal static class LaneFailure
{
    /// <summary>True if an exception is of that kind; else it is a bug.</summary>
    public static bool Is(Exception e) =>
        e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException;
}
