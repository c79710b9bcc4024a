namespace Rollcall.Bench.Fleet;

/// <summary>A clock moved by hand. The wall clock starts at a fixed date, so that encoded bytes repeat.</summary>
internal sealed class BenchClock : TimeProvider
{
    private static readonly DateTimeOffset s_wallStart = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private long _ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_wallStart.AddTicks(Interlocked.Read(ref _ticks));

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
}
