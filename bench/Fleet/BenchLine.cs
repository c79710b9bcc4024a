namespace Rollcall.Bench.Fleet;

/// <summary>What lies between two nodes: each direction is a line of its own, on which messages stand one behind the other.</summary>
/// <param name="Delay">From the last byte sent to its arrival.</param>
/// <param name="BitsPerSecond">A message occupies the line for its encoded bytes.</param>
/// <param name="WindowBytes">Most bytes on their way or not yet acknowledged: what a connection's buffers allow. Beyond, nothing is taken.</param>
internal sealed record BenchLine(TimeSpan Delay, double BitsPerSecond, long WindowBytes)
{
    /// <summary>Messages arrive as they are sent: for what is counted, and takes no time.</summary>
    public static BenchLine Ideal { get; } = new(TimeSpan.Zero, double.PositiveInfinity, long.MaxValue);

    /// <summary>How long so many bytes occupy it.</summary>
    public TimeSpan Occupied(int bytes) => new((long)Math.Ceiling(bytes * 8 * (TimeSpan.TicksPerSecond / BitsPerSecond)));
}
