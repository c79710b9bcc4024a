using System.Globalization;

namespace Rollcall.Core;

/// <summary>Durations as people write them in options and read them in messages: <c>20ms</c>, <c>90s</c>, <c>1h</c>.</summary>
/// <remarks>A bare number is no duration: <c>90</c> would be 90 days to <see cref="TimeSpan"/> and 90 seconds to most people.</remarks>
public static class DurationText
{
    private static readonly (string Unit, TimeSpan Span)[] s_units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>A whole number of the largest unit that allows one; else <c>hh:mm:ss.fffffff</c>.</summary>
    public static string Show(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        (string unit, TimeSpan span) = s_units.FirstOrDefault(unit => duration.Ticks % unit.Span.Ticks == 0);
        return unit is null ? duration.ToString("c") : (duration.Ticks / span.Ticks).ToString(CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>Reads <c>[d.]hh:mm:ss[.f]</c>, or a decimal number and one of ms, s, m, h, d. False if it is neither.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        }

        duration = default;
        ReadOnlySpan<char> count = text.AsSpan().TrimEnd("mshd");
        string unitText = text[count.Length..];
        TimeSpan unit = s_units.FirstOrDefault(known => known.Unit == unitText).Span;
        if (
            unit == TimeSpan.Zero
            || !decimal.TryParse(count, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > TimeSpan.MaxValue.Ticks / unit.Ticks
        )
        {
            return false;
        }

        duration = new TimeSpan((long)(number * unit.Ticks));
        return true;
    }
}
