using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rollcall.Transports.Http.V1;

/// <summary>How <c>/v1</c>'s JSON looks, and the readers' small change.</summary>
internal static class V1Json
{
    /// <summary>Deepest nesting of objects and arrays read; a document needs 6.</summary>
    public const int DepthMax = 16;

    /// <summary>For people with curl: indented, and only escaped as far as JSON demands.</summary>
    public static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Pieces of a document are written apart, so a writer sees values one behind the other without what stands between them.
    private static readonly JsonWriterOptions s_compact = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? t_compact;

    /// <summary>This thread's writer of compact JSON, begun anew; whoever takes it flushes it before anyone else does.</summary>
    public static Utf8JsonWriter Compact(IBufferWriter<byte> output)
    {
        Utf8JsonWriter json = t_compact ??= new Utf8JsonWriter(output, s_compact);
        json.Reset(output);
        return json;
    }

    /// <summary>Goes to the next member's value; false at the end of the object.</summary>
    public static bool NextMember(this ref Utf8JsonReader json, out V1Member member)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName)
        {
            member = default;
            return false;
        }

        member = V1Members.Of(json);
        json.Read();
        return true;
    }

    /// <exception cref="JsonException">It is something else.</exception>
    public static void Expect(this in Utf8JsonReader json, JsonTokenType type, string what)
    {
        if (json.TokenType != type)
        {
            throw new JsonException($"{what} must be {Shape(type)}, and is {Shape(json.TokenType)}");
        }
    }

    /// <summary>A text; null for JSON's null.</summary>
    public static string? ReadText(this in Utf8JsonReader json, V1Member member)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        json.Expect(JsonTokenType.String, $"'{member.Name()}'");
        return json.GetString();
    }

    public static bool ReadBoolean(this in Utf8JsonReader json, V1Member member) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False
            ? json.GetBoolean()
            : throw new JsonException($"'{member.Name()}' must be true or false, and is {Shape(json.TokenType)}");

    /// <summary>A whole number within limits.</summary>
    public static long ReadNumber(this in Utf8JsonReader json, V1Member member, long min = long.MinValue, long max = long.MaxValue)
    {
        json.Expect(JsonTokenType.Number, $"'{member.Name()}'");
        return json.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw new JsonException($"'{member.Name()}' must be a whole number from {min} to {max}");
    }

    public static ulong ReadUnsigned(this in Utf8JsonReader json, V1Member member)
    {
        json.Expect(JsonTokenType.Number, $"'{member.Name()}'");
        return json.TryGetUInt64(out ulong number)
            ? number
            : throw new JsonException($"'{member.Name()}' must be a whole number from 0 to {ulong.MaxValue}");
    }

    /// <summary>One of the words that an enumeration has.</summary>
    public static T ReadWord<T>(this in Utf8JsonReader json, V1Member member, Func<T, string> wordOf)
        where T : struct, Enum =>
        V1Words.TryFind(json.ReadText(member), wordOf, out T value)
            ? value
            : throw new JsonException(
                $"'{member.Name()}' must be one of {string.Join(", ", Enum.GetValues<T>().Select(wordOf).Distinct())}"
            );

    private static string Shape(JsonTokenType type) =>
        type switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "true or false",
            JsonTokenType.Null => "null",
            _ => "nothing",
        };
}
