namespace Rollcall.Testing.Support;

/// <summary>A clock moved by hand: the monotonic and the wall reading are independent, as they are on a real machine.</summary>
/// <remarks>
/// <para>Owner: any thread may read and move it.</para>
/// <para>Units: a timestamp is 100 ns, like <see cref="TimeSpan"/>.</para>
/// </remarks>
public sealed class HandClock : TimeProvider
{
    /// <summary>What the wall clock shows at first: fixed, so that a failing run repeats.</summary>
    public static readonly DateTimeOffset WallStart = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    // Not zero: code that takes a timestamp of 0 for "never" must not get away with it.
    private long _monotonic = TimeSpan.FromHours(5).Ticks;
    private long _wall = WallStart.Ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The wall clock, in milliseconds since 1970.</summary>
    public long WallMs => GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _monotonic);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _wall), TimeSpan.Zero);

    /// <summary>Time passes: both readings move.</summary>
    public void Pass(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        Interlocked.Add(ref _monotonic, span.Ticks);
        Interlocked.Add(ref _wall, span.Ticks);
    }

    /// <summary>Somebody sets the wall clock, forth or back; no time passes.</summary>
    public void JumpWall(TimeSpan by) => Interlocked.Add(ref _wall, by.Ticks);
}
