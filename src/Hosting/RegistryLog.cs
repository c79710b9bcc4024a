using Microsoft.Extensions.Logging;

namespace Rollcall.Hosting;

/// <summary>Every line that Hosting writes: one per change of state. The event ids are a contract with users.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(1, LogLevel.Information, "Rollcall ready in {Seconds:0.00} s: {Where}")]
    public static partial void Ready(this ILogger logger, double seconds, string where);

    [LoggerMessage(2, LogLevel.Debug, "Transport {Transport} listens on {Addresses}")]
    public static partial void TransportStarted(this ILogger logger, string transport, string addresses);

    [LoggerMessage(3, LogLevel.Debug, "Transport {Transport} stopped")]
    public static partial void TransportStopped(this ILogger logger, string transport);

    [LoggerMessage(4, LogLevel.Warning, "Transport {Transport} did not stop cleanly")]
    public static partial void TransportStopFailed(this ILogger logger, Exception exception, string transport);

    [LoggerMessage(10, LogLevel.Warning, "Guard engaged, no lease expires: {Summary}")]
    public static partial void GuardEngaged(this ILogger logger, string summary);

    [LoggerMessage(11, LogLevel.Warning, "Guard ended, leases expire again: {Summary}")]
    public static partial void GuardEnded(this ILogger logger, string summary);

    [LoggerMessage(20, LogLevel.Error, "Leases do not advance; trying again every tick, and saying so once")]
    public static partial void AdvanceFailed(this ILogger logger, Exception exception);

    [LoggerMessage(21, LogLevel.Warning, "Leases advance again")]
    public static partial void AdvanceRecovered(this ILogger logger);
}
