using System.Globalization;
using Rollcall.Core;

namespace Rollcall.Configuration;

/// <summary>How text in a configuration becomes a value of one type, and back. No reflection, no culture.</summary>
/// <typeparam name="TValue">Type of the option.</typeparam>
/// <param name="Name">What the text must be, for people.</param>
/// <param name="Json">How a file in JSON may have it, in the words of JSON Schema: <c>"type": "integer"</c>.</param>
/// <param name="Read">The value, and true; or false if the text is none.</param>
/// <param name="Show">The shortest text that reads back as the value.</param>
public sealed record OptionKind<TValue>(
    string Name,
    string Json,
    Func<string, (bool Good, TValue Value)> Read,
    Func<TValue, string> Show
);

/// <summary>The kinds of option there are.</summary>
public static class OptionKind
{
    private const string AnyString = """ "type": "string" """;
    private const string Integer = """ "type": "integer" """;

    /// <summary>A whole number of 32 bits.</summary>
    public static OptionKind<int> Whole { get; } =
        new(
            "a whole number",
            Integer,
            text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value), value),
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>A number that need not be whole.</summary>
    public static OptionKind<double> Number { get; } =
        new(
            "a number",
            """ "type": "number" """,
            text => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value), value),
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>On or off.</summary>
    public static OptionKind<bool> Switch { get; } = new("on or off", """ "type": ["boolean", "string"] """, ReadSwitch, value => value ? "on" : "off");

    /// <summary>A duration that says its unit: see <see cref="DurationText"/>.</summary>
    public static OptionKind<TimeSpan> Duration { get; } =
        new(
            "a duration, written 90s or 00:01:30 (ms, s, m, h, d)",
            AnyString,
            text => (DurationText.TryParse(text, out TimeSpan value), value),
            DurationText.Show
        );

    /// <summary>The id of a node.</summary>
    public static OptionKind<uint> NodeId { get; } =
        new(
            "1 to 8 hexadecimal digits",
            AnyString,
            text => (uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value), value),
            value => value.ToString("x", CultureInfo.InvariantCulture)
        );

    /// <summary>A seed, or nothing.</summary>
    public static OptionKind<ulong?> Seed { get; } =
        new(
            "a whole number, or empty",
            """ "type": ["integer", "string"] """,
            text =>
                text.Length == 0
                    ? (true, null)
                    : (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value), value),
            value => value?.ToString(CultureInfo.InvariantCulture) ?? ""
        );

    /// <summary>Text as it stands.</summary>
    public static OptionKind<string> Text { get; } = new("text", AnyString, text => (true, text), value => value);

    /// <summary>Text, or nothing: empty text is none.</summary>
    public static OptionKind<string?> TextOrNone { get; } =
        new("text, or empty", AnyString, text => (true, text.Length == 0 ? null : text), value => value ?? "");

    /// <summary>One of the names of an enumeration, in any case; which they are is the range of the option.</summary>
    public static OptionKind<TEnum> OneOf<TEnum>()
        where TEnum : struct, Enum
    {
        string[] names = Enum.GetNames<TEnum>();
        return new(
            "a name",
            $"\"enum\": [{string.Join(", ", names.Select(name => $"\"{name}\""))}]",
            // By name alone: Enum.TryParse would take numbers, too.
            text => (names.Contains(text, StringComparer.OrdinalIgnoreCase), Enum.TryParse(text, ignoreCase: true, out TEnum value) ? value : default),
            value => value.ToString()
        );
    }

    /// <summary>What <paramref name="kind"/> reads, or nothing: empty text is none.</summary>
    public static OptionKind<TValue?> OrNone<TValue>(OptionKind<TValue> kind)
        where TValue : struct =>
        new(
            kind.Name + ", or empty",
            kind.Json,
            text => text.Length == 0 ? (true, null) : kind.Read(text) is (true, var value) ? (true, value) : (false, null),
            value => value is { } some ? kind.Show(some) : ""
        );

    private static (bool Good, bool Value) ReadSwitch(string text) =>
        text.ToUpperInvariant() switch
        {
            "ON" or "TRUE" => (true, true),
            "OFF" or "FALSE" => (true, false),
            _ => (false, false),
        };
}
