using Microsoft.Extensions.Logging;

namespace Rollcall.Server.Regions;

/// <summary>The lines about other regions: one for each change of state.</summary>
internal static partial class RegionLog
{
    [LoggerMessage(50, LogLevel.Information, "Region {Region}: following {Address}")]
    public static partial void RegionFollowed(this ILogger logger, string region, string address);

    [LoggerMessage(51, LogLevel.Warning, "Region {Region}: nobody there can be followed, the last copy stays: {Problem}")]
    public static partial void RegionLost(this ILogger logger, string region, string problem);
}
