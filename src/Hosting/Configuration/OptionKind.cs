using System.Globalization;

namespace Rollcall.Hosting.Configuration;

/// <summary>How text in a configuration becomes a value of one type, and back. No reflection, no culture.</summary>
/// <typeparam name="TValue">Type of the option.</typeparam>
/// <param name="Name">What the text must be, for people.</param>
/// <param name="Read">The value, and true; or false if the text is none.</param>
/// <param name="Show">The shortest text that reads back as the value.</param>
public sealed record OptionKind<TValue>(string Name, Func<string, (bool Good, TValue Value)> Read, Func<TValue, string> Show);

/// <summary>The kinds of option there are.</summary>
public static class OptionKind
{
    private static readonly (string Unit, double Milliseconds)[] s_units =
    [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];

    /// <summary>A whole number of 32 bits.</summary>
    public static OptionKind<int> Whole { get; } =
        new(
            "a whole number",
            text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value), value),
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>A whole number of 64 bits.</summary>
    public static OptionKind<long> LongWhole { get; } =
        new(
            "a whole number",
            text => (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value), value),
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>A number that need not be whole.</summary>
    public static OptionKind<double> Number { get; } =
        new(
            "a number",
            text => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value), value),
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>On or off.</summary>
    public static OptionKind<bool> Switch { get; } = new("on or off", ReadSwitch, value => value ? "on" : "off");

    /// <summary>A duration that says its unit: a bare <c>90</c> would be 90 days to <see cref="TimeSpan"/> and 90 s to people.</summary>
    public static OptionKind<TimeSpan> Duration { get; } =
        new("a duration, written 00:01:30 or 90s (ms, s, m, h, d)", ReadDuration, value => value.ToString("c"));

    /// <summary>The id of a node.</summary>
    public static OptionKind<uint> NodeId { get; } =
        new(
            "1 to 8 hexadecimal digits",
            text => (uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value), value),
            value => value.ToString("x", CultureInfo.InvariantCulture)
        );

    /// <summary>A seed, or nothing.</summary>
    public static OptionKind<ulong?> Seed { get; } =
        new(
            "a whole number, or empty",
            text => text.Length == 0
                ? (true, null)
                : (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value), value),
            value => value?.ToString(CultureInfo.InvariantCulture) ?? ""
        );

    /// <summary>Text as it stands.</summary>
    public static OptionKind<string> Text { get; } = new("text", text => (true, text), value => value);

    private static (bool Good, bool Value) ReadSwitch(string text) =>
        text.ToUpperInvariant() switch
        {
            "ON" or "TRUE" => (true, true),
            "OFF" or "FALSE" => (true, false),
            _ => (false, false),
        };

    private static (bool Good, TimeSpan Value) ReadDuration(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value), value);
        }

        int unitAt = text.AsSpan().TrimEnd("mshd").Length;
        if (!double.TryParse(text.AsSpan(0, unitAt), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
        {
            return (false, default);
        }

        double unitMs = s_units.FirstOrDefault(unit => text.AsSpan(unitAt).SequenceEqual(unit.Unit)).Milliseconds;
        double totalMs = count * unitMs;
        return unitMs > 0 && totalMs < TimeSpan.MaxValue.TotalMilliseconds
            ? (true, TimeSpan.FromMilliseconds(totalMs))
            : (false, default);
    }
}
