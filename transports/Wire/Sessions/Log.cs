using Microsoft.Extensions.Logging;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What the wire's server side logs. Event ids 3100 to 3199.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 3100, Level = LogLevel.Error, Message = "{Transport} session of {Remote} failed: this is a bug")]
    public static partial void SessionFailed(ILogger logger, string transport, string remote, Exception exception);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "{Transport} session of {Remote} closed: it took nothing for {Limit}")]
    public static partial void Stalled(ILogger logger, string transport, string remote, TimeSpan limit);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Debug, Message = "{Transport} session of {Remote} broke off: {Problem}")]
    public static partial void LaneBroke(ILogger logger, string transport, string remote, string problem);

    [LoggerMessage(EventId = 3103, Level = LogLevel.Debug, Message = "{Transport} session of {Remote} was ended: {Code}, {Problem}")]
    public static partial void Ended(ILogger logger, string transport, string remote, WireErrorCode code, string problem);

    [LoggerMessage(EventId = 3104, Message = "Wire: snapshots and large deltas are packed by {Packings}")]
    public static partial void Packs(ILogger logger, LogLevel level, string packings);
}
