using System.Globalization;
using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// How Jackson's bean mapper turns a JSON value into a Java one: strings and numbers for each other, garbage is an error.
/// </summary>
/// <remarks>
/// <para>Source: Jackson 2.10 defaults (scalar coercion on, numbers allowed for enums, fractions cut for integers).</para>
/// </remarks>
internal sealed class JacksonBean(string client)
{
    public ClientRejectsException Reject(string reason) => new(client, reason);

    public string? Text(JsonElement value, string where)
    {
        if (!value.IsScalar())
        {
            throw Reject($"{where} is not a scalar");
        }

        return value.ValueKind == JsonValueKind.Null ? null : value.ScalarText();
    }

    public int Int(JsonElement value, string where) =>
        Long(value, where) is long wide and >= int.MinValue and <= int.MaxValue
            ? (int)wide
            : throw Reject($"{where} does not fit an int: {value.GetRawText()}");

    /// <summary>Null and blank text are 0, as for Java's primitives.</summary>
    public long Long(JsonElement value, string where)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return 0;
            case JsonValueKind.Number when value.TryGetInt64(out long exact):
                return exact;
            case JsonValueKind.Number when value.TryGetDouble(out double d) && Math.Abs(d) < long.MaxValue:
                return (long)d;
            case JsonValueKind.String when string.IsNullOrWhiteSpace(value.GetString()):
                return 0;
            case JsonValueKind.String when long.TryParse(
                value.GetString()!.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed):
                return parsed;
            default:
                throw Reject($"{where} is not a number: {value.GetRawText()}");
        }
    }

    public bool Bool(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        JsonValueKind.Number when value.TryGetInt64(out long n) => n != 0,
        JsonValueKind.String => value.GetString()!.Trim() switch
        {
            "true" or "True" or "TRUE" => true,
            "" or "false" or "False" or "FALSE" => false,
            _ => throw Reject($"{where} is not a boolean: {value.GetRawText()}"),
        },
        _ => throw Reject($"{where} is not a boolean: {value.GetRawText()}"),
    };

    public string? Enum(JsonElement value, IReadOnlyList<string> names, string where) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when names.Contains(value.GetString()!.Trim()) => value.GetString()!.Trim(),
        JsonValueKind.Number when value.TryGetInt32(out int ordinal) && ordinal >= 0 && ordinal < names.Count => names[ordinal],
        _ => throw Reject($"{where} is none of {string.Join(", ", names)}: {value.GetRawText()}"),
    };

    /// <summary>The last of equal keys stays.</summary>
    public Dictionary<string, string?>? Map(JsonElement value, string where)
    {
        if (!IsBean(value, where))
        {
            return null;
        }

        Dictionary<string, string?> map = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            map[member.Name] = Text(member.Value, $"{where}.{member.Name}");
        }

        return map;
    }

    /// <summary>A bean or null; anything else is an error.</summary>
    public bool IsBean(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.Object => true,
        JsonValueKind.Null => false,
        _ => throw Reject($"{where} is not an object"),
    };
}
