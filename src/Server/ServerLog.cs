using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Rollcall.Server;

/// <summary>Logs of the process: to standard error, one line each, quiet unless something changes.</summary>
internal static partial class ServerLog
{
    public static ILoggerFactory CreateFactory(ServerSettings settings) =>
        LoggerFactory.Create(logging =>
            logging
                .SetMinimumLevel(LogLevel.Information)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddConfiguration(settings.Logging)
                .AddSimpleConsole(format =>
                {
                    format.SingleLine = true;
                    format.TimestampFormat = "HH:mm:ss ";
                    format.ColorBehavior = LoggerColorBehavior.Disabled;
                })
                .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        );

    [LoggerMessage(30, LogLevel.Warning, "{Warning}")]
    public static partial void Careless(this ILogger logger, string warning);

    [LoggerMessage(31, LogLevel.Information, "Started without QUIC: {Missing}")]
    public static partial void WithoutQuic(this ILogger logger, string missing);

    [LoggerMessage(32, LogLevel.Information, "Settings were read again; the peers are now: {Peers}")]
    public static partial void Reloaded(this ILogger logger, string peers);

    [LoggerMessage(33, LogLevel.Warning, "Settings have changed and cannot be used, so nothing changes: {Problem}")]
    public static partial void NotReloaded(this ILogger logger, string problem);

    [LoggerMessage(34, LogLevel.Warning, "Settings have changed that take a restart: {Keys}")]
    public static partial void WaitsForRestart(this ILogger logger, string keys);

    [LoggerMessage(35, LogLevel.Error, "Settings cannot be read again: this is a bug")]
    public static partial void ReloadFailed(this ILogger logger, Exception exception);
}
