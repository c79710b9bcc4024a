using Rollcall.Core.Model;

namespace Rollcall.Client;

/// <summary>The one place of a client that reads a clock.</summary>
internal sealed class ClientClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>For timers.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Time since the client was made.</summary>
    public MonotonicTime Now => new(Time.GetElapsedTime(_start).Ticks);

    /// <summary>Milliseconds since 1970: for stamps and people, never for durations.</summary>
    public long WallMs => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
