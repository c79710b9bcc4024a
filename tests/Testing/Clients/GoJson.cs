using System.Globalization;
using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// How Go's encoding/json fills a struct: names without case, last member wins, null is nothing, a wrong type is an error.
/// </summary>
internal sealed class GoJson(string client)
{
    public ClientRejectsException Reject(string reason) => new(client, reason);

    /// <summary>The last member whose name folds to this one; undefined if there is none or it is null.</summary>
    public JsonElement Member(JsonElement value, string name)
    {
        JsonElement found = default;
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return found;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Reject($"cannot unmarshal {value.ValueKind} into a struct with {name}");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind != JsonValueKind.Null)
            {
                found = member.Value;
            }
        }

        return found;
    }

    public string Text(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        var other => throw Reject($"cannot unmarshal {other.ValueKind} into the string {name}"),
    };

    public long Int(JsonElement parent, string name, int bits = 64)
    {
        JsonElement value = Member(parent, name);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return 0;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long n) && (bits == 64 || n == (int)n)
            ? n
            : throw Reject($"cannot unmarshal {value.GetRawText()} into the int{bits} {name}");
    }

    /// <summary>A boolean with the option <c>,string</c>: it must come in quotes.</summary>
    public bool QuotedBool(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => false,
        { ValueKind: JsonValueKind.String } text when text.GetString() is "true" or "false" => text.GetString() == "true",
        var other => throw Reject($"invalid use of ,string: cannot unmarshal {other.GetRawText()} into the bool {name}"),
    };

    /// <summary>fargo's own leniency: a number, or its decimal text; absent is an error.</summary>
    public long NumberOrText(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } number => (long)number.GetDouble(),
        { ValueKind: JsonValueKind.String } text when long.TryParse(
            text.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) => n,
        { ValueKind: JsonValueKind.Undefined } => throw Reject($"unexpected {name}: nil"),
        var other => throw Reject($"unexpected {name}: {other.GetRawText()}"),
    };

    public IEnumerable<JsonElement> OneOrMany(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Object => [value],
        _ => throw Reject($"cannot unmarshal {value.ValueKind} into a slice"),
    };
}
