using Microsoft.Extensions.Logging;

namespace Rollcall.Client.AspNetCore;

/// <summary>The lines a client writes: one for each change of state.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(EventId = 6001, Message = "{Kind}: {Message}")]
    public static partial void Notice(this ILogger logger, LogLevel level, ClientNoticeKind kind, string message);

    [LoggerMessage(6002, LogLevel.Information, "{Choice}")]
    public static partial void AddressChosen(this ILogger logger, string choice);

    [LoggerMessage(6003, LogLevel.Warning, "{Reason}")]
    public static partial void NothingToRegister(this ILogger logger, string reason);

    [LoggerMessage(6004, LogLevel.Error, "Health checks could not be run; the registry keeps the last word.")]
    public static partial void HealthFailed(this ILogger logger, Exception exception);

    [LoggerMessage(6005, LogLevel.Information, "{Note}")]
    public static partial void Imported(this ILogger logger, string note);
}
