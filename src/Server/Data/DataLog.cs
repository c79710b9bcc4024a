using Microsoft.Extensions.Logging;

namespace Rollcall.Server.Data;

/// <summary>What is said of <c>--data</c>: one line per change of state. The event ids are a contract with users.</summary>
internal static partial class DataLog
{
    [LoggerMessage(
        60,
        LogLevel.Information,
        "Restored {Count} instances from {Path}, written at {WrittenAt:yyyy-MM-dd HH:mm:ss}Z: provisional until they are renewed"
    )]
    public static partial void Restored(this ILogger logger, int count, string path, DateTime writtenAt);

    [LoggerMessage(66, LogLevel.Warning, "Of {Path} {Left} instances had no room: RegistryOptions.InstancesMax is lower than it was")]
    public static partial void RestoredInPart(this ILogger logger, string path, int left);

    [LoggerMessage(61, LogLevel.Warning, "Snapshot {Path} is not restored: {Reason}. The start goes on without it; {Fate}")]
    public static partial void SnapshotRefused(this ILogger logger, string path, string reason, string fate);

    [LoggerMessage(62, LogLevel.Error, "Snapshot {Path} cannot be written; trying again each time, and saying so once: {Reason}")]
    public static partial void SnapshotNotWritten(this ILogger logger, string path, string reason);

    [LoggerMessage(63, LogLevel.Information, "Snapshot {Path} is written again")]
    public static partial void SnapshotsWrittenAgain(this ILogger logger, string path);

    [LoggerMessage(64, LogLevel.Error, "Nothing can be kept in {Path} until the next start; the service goes on: {Reason}")]
    public static partial void ReadOnly(this ILogger logger, string path, string reason);

    [LoggerMessage(65, LogLevel.Warning, "{Problem}")]
    public static partial void NodeIdProblem(this ILogger logger, string problem);
}
