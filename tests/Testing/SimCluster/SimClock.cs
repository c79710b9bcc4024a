namespace Rollcall.Testing.Support.SimCluster;

/// <summary>The clock of one node: the monotonic reading is the simulation's, the wall reading may be off and may jump.</summary>
public sealed class SimClock(SimWorld world) : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan WallOffset { get; set; }

    /// <summary>What a clock that is right says, in milliseconds since 1970.</summary>
    public static long MsAt(TimeSpan now) => (s_start + now).ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => world.Now.Ticks + 1;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_start + world.Now + WallOffset;
}
