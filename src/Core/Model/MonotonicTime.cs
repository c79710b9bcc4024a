namespace Rollcall.Core.Model;

/// <summary>A moment on the registry's own clock: never goes back, starts at zero with the registry.</summary>
/// <remarks>Read once per batch from <see cref="RegistryService.Now"/> and passed down; nothing below reads a clock.</remarks>
/// <param name="Ticks">Units: 100 ns since the registry was made.</param>
public readonly record struct MonotonicTime(long Ticks) : IComparable<MonotonicTime>
{
    /// <summary>The moment the registry was made.</summary>
    public static MonotonicTime Zero => default;

    /// <summary>Time since the registry was made.</summary>
    public TimeSpan SinceStart => new(Ticks);

    /// <summary>The earlier of two moments.</summary>
    public static MonotonicTime Earlier(MonotonicTime left, MonotonicTime right) => left < right ? left : right;

    /// <summary>The later of two moments.</summary>
    public static MonotonicTime Later(MonotonicTime left, MonotonicTime right) => left > right ? left : right;

    /// <summary>The moment <paramref name="span"/> later.</summary>
    public static MonotonicTime operator +(MonotonicTime time, TimeSpan span) => new(time.Ticks + span.Ticks);

    /// <summary>The moment <paramref name="span"/> earlier.</summary>
    public static MonotonicTime operator -(MonotonicTime time, TimeSpan span) => new(time.Ticks - span.Ticks);

    /// <summary>How long from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(MonotonicTime left, MonotonicTime right) => new(left.Ticks - right.Ticks);

    /// <summary>Earlier.</summary>
    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Ticks < right.Ticks;

    /// <summary>Later.</summary>
    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Ticks > right.Ticks;

    /// <summary>Not later.</summary>
    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Ticks <= right.Ticks;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Ticks >= right.Ticks;

    /// <inheritdoc/>
    public int CompareTo(MonotonicTime other) => Ticks.CompareTo(other.Ticks);

    /// <inheritdoc/>
    public override string ToString() => $"+{SinceStart.TotalSeconds:0.###} s";
}
