using System.Globalization;
using Rollcall.Core;

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

    /// <summary>A duration that says its unit: see <see cref="DurationText"/>.</summary>
    public static OptionKind<TimeSpan> Duration { get; } =
        new(
            "a duration, written 90s or 00:01:30 (ms, s, m, h, d)",
            text => (DurationText.TryParse(text, out TimeSpan value), value),
            DurationText.Show
        );

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
            text =>
                text.Length == 0
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
}
