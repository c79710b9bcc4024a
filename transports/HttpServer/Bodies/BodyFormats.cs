using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer.Bodies;

/// <summary>What a body is written in.</summary>
internal enum BodyFormat : byte
{
    /// <summary>Neither of the two.</summary>
    Unsupported,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>XML.</summary>
    Xml,
}

/// <summary>Tells what a body is written in.</summary>
internal static class BodyFormats
{
    public const string Refusal = "Content-Type is not supported: send application/json or application/xml.";

    /// <summary>Blanks, and the bytes of a byte order mark.</summary>
    private static ReadOnlySpan<byte> Skipped => [(byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', 0xEF, 0xBB, 0xBF];

    /// <summary>By the header; null if there is none, and the body must tell.</summary>
    public static BodyFormat? FromHeader(StringValues contentType)
    {
        if (StringValues.IsNullOrEmpty(contentType))
        {
            return null;
        }

        ReadOnlySpan<char> type = contentType[0];
        int semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim();
        return contentType.Count > 1 ? BodyFormat.Unsupported
            : Is(type, "application/json", "text/json", "+json") ? BodyFormat.Json
            : Is(type, "application/xml", "text/xml", "+xml") ? BodyFormat.Xml
            : BodyFormat.Unsupported;
    }

    /// <summary>By the first byte that is neither blank nor part of a byte order mark.</summary>
    public static BodyFormat FromBody(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> rest = body.TrimStart(Skipped);
        return rest.IsEmpty ? BodyFormat.Unsupported
            : rest[0] == '{' ? BodyFormat.Json
            : rest[0] == '<' ? BodyFormat.Xml
            : BodyFormat.Unsupported;
    }

    private static bool Is(ReadOnlySpan<char> type, string name, string otherName, string suffix) =>
        type.Equals(name, StringComparison.OrdinalIgnoreCase)
        || type.Equals(otherName, StringComparison.OrdinalIgnoreCase)
        || type.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
}
