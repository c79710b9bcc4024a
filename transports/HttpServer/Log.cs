using Microsoft.Extensions.Logging;

namespace Rollcall.Transports.HttpServer;

/// <summary>What the adapter logs. Event ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Error, Message = "A {Operation} request failed: this is a bug")]
    public static partial void RequestFailed(ILogger logger, string operation, Exception exception);
}
