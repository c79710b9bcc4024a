using Microsoft.Extensions.Logging;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>What adapters log of their connections. The event ids are a contract with users.</summary>
public static partial class ConnectionLog
{
    /// <summary>A handshake failed.</summary>
    [LoggerMessage(4100, LogLevel.Information, "A {Transport} handshake with {Remote} failed: {Reason} ({Unsaid} more since the last such line)")]
    public static partial void HandshakeFailed(this ILogger logger, string transport, string remote, string reason, long unsaid);

    /// <summary>There are as many connections as may be.</summary>
    [LoggerMessage(4101, LogLevel.Warning, "As many {Transport} connections as may be ({Max}, {Option}): new ones are closed at once")]
    public static partial void ConnectionsFull(this ILogger logger, string transport, int max, string option);

    /// <summary>There is room for connections again.</summary>
    [LoggerMessage(4102, LogLevel.Information, "New {Transport} connections are taken again")]
    public static partial void ConnectionsTaken(this ILogger logger, string transport);

    /// <summary>Connections cannot be accepted.</summary>
    [LoggerMessage(4103, LogLevel.Error, "Cannot accept {Transport} connections: {Reason}; trying again until it works, and saying so once")]
    public static partial void AcceptFailed(this ILogger logger, string transport, string reason);

    /// <summary>A connection ended by an exception that nobody expects.</summary>
    [LoggerMessage(4104, LogLevel.Error, "A {Transport} connection with {Remote} failed: this is a bug")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception, string transport, string remote);
}
