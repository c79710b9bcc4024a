using Rollcall.Core.Model;

namespace Rollcall.Core;

/// <summary>The one place that reads a clock.</summary>
/// <remarks>
/// The monotonic clock counts; the wall clock only dates events for people and for formats that carry dates. Its distance from the
/// monotonic one is read again at each <see cref="RegistryService.Advance"/>, so it follows a clock that is set.
/// </remarks>
internal sealed class RegistryClock
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly bool _sameUnit;
    private long _wallMinusMonotonicMs;

    public RegistryClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _sameUnit = time.TimestampFrequency == TimeSpan.TicksPerSecond;
        ReadWall();
    }

    public MonotonicTime Now
    {
        get
        {
            long now = _time.GetTimestamp();
            return new MonotonicTime(_sameUnit ? now - _start : _time.GetElapsedTime(_start, now).Ticks);
        }
    }

    public long WallMs(MonotonicTime time) => (time.Ticks / TimeSpan.TicksPerMillisecond) + Volatile.Read(ref _wallMinusMonotonicMs);

    public void ReadWall() =>
        Volatile.Write(
            ref _wallMinusMonotonicMs,
            _time.GetUtcNow().ToUnixTimeMilliseconds() - (Now.Ticks / TimeSpan.TicksPerMillisecond)
        );
}
