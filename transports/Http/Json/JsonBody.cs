using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Rollcall.Core;

namespace Rollcall.Transports.Http.Json;

/// <summary>The bytes of a JSON body before and around <see cref="Utf8JsonReader"/>.</summary>
/// <remarks>
/// After <see cref="TryOpen"/> every text of the document can be decoded, so that the only exception left for bad input is
/// <see cref="JsonException"/> from reading on.
/// </remarks>
internal static class JsonBody
{
    // The framework's messages repeat what the caller sent.
    private const int MessageCharsMax = 300;

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>The document of a body, without its byte order mark; false with the reason if it cannot be read.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> json, [NotNullWhen(false)] out string? problem)
    {
        json = body.StartsWith(Utf8Bom) ? body[Utf8Bom.Length..] : body;
        problem = WhyUnreadable(json);
        return problem is null;
    }

    /// <summary>A reader of an answer, which may be anything.</summary>
    /// <exception cref="JsonException">It is no JSON in UTF-8.</exception>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body, int depthMax)
    {
        Utf8JsonReader reader = TryOpen(body, out ReadOnlySpan<byte> json, out string? problem)
            ? Reader(json, depthMax)
            : throw new JsonException(problem);
        reader.Read();
        return reader;
    }

    /// <summary>A reader that refuses comments, trailing commas and deep nesting.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> json, int depthMax) =>
        new(json, new JsonReaderOptions { MaxDepth = depthMax, CommentHandling = JsonCommentHandling.Disallow });

    /// <summary>Reads what is left, so that nothing malformed behind the document goes unseen.</summary>
    public static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read()) { }
    }

    /// <summary>One sentence for people.</summary>
    public static string Problem(JsonException thrown)
    {
        // The message ends with the place in a form for programs.
        int place = thrown.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string what = RegistryError.Shown(place < 0 ? thrown.Message : thrown.Message[..place], MessageCharsMax);
        (long? line, long? at) = (thrown.LineNumber + 1, thrown.BytePositionInLine + 1);
        if (line is null)
        {
            return $"The body is not the JSON expected: {what}";
        }

        return string.Create(CultureInfo.InvariantCulture, $"The body is not the JSON expected: {what} (line {line}, byte {at})");
    }

    private static string? WhyUnreadable(ReadOnlySpan<byte> json)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "The body is empty; expected a JSON object";
        }

        if (!Utf8.IsValid(json))
        {
            return "The body is not UTF-8; send JSON in UTF-8";
        }

        int lone = IndexOfLoneSurrogate(json);
        return lone < 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The body holds half a surrogate pair (\\uD800 to \\uDFFF) at byte {lone + 1}"
            );
    }

    /// <summary>Where an escape is half of a pair; -1 if nowhere. Cost: a vectorised search for backslashes.</summary>
    private static int IndexOfLoneSurrogate(ReadOnlySpan<byte> json)
    {
        for (int at = 0; ;)
        {
            int slash = json[at..].IndexOf((byte)'\\');
            if (slash < 0)
            {
                return -1;
            }

            at += slash;
            if (!TryEscape(json[at..], out char first))
            {
                // A short escape, or a malformed one that the reader will find.
                at = Math.Min(at + 2, json.Length);
                continue;
            }

            if (char.IsSurrogate(first) && !IsPair(first, json[(at + 6)..]))
            {
                return at;
            }

            at += char.IsSurrogate(first) ? 12 : 6;
        }
    }

    private static bool IsPair(char high, ReadOnlySpan<byte> rest) =>
        TryEscape(rest, out char low) && char.IsSurrogatePair(high, low);

    private static bool TryEscape(ReadOnlySpan<byte> at, out char value)
    {
        ushort code = 0;
        bool found =
            at.Length >= 6
            && at.StartsWith("\\u"u8)
            && ushort.TryParse(at.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        value = (char)code;
        return found;
    }
}
