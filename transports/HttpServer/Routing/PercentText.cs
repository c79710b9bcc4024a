using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>Percent-encoded text of a request target, decoded exactly once.</summary>
/// <remarks>
/// <para>
/// Refused with a reason: a percent sign without two hexadecimal digits, NUL, bytes that are not UTF-8 (overlong forms too).
/// </para>
/// </remarks>
internal static class PercentText
{
    private const string BadEscape = "a percent sign must be followed by two hexadecimal digits";
    private const string NotUtf8 = "the decoded bytes are not UTF-8";
    private const string HasNul = "NUL is not allowed";

    /// <summary>Decodes <paramref name="raw"/>; the output never has more bytes than the input has characters.</summary>
    /// <returns>Null, or why it cannot be decoded.</returns>
    public static string? Decode(ReadOnlySpan<char> raw, bool plusIsSpace, Span<byte> output, out int length)
    {
        length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            char c = raw[i];
            int value = c;
            if (c == '%')
            {
                value = i + 2 < raw.Length ? (FromHex(raw[i + 1]) << 4) | FromHex(raw[i + 2]) : -1;
                i += 2;
            }
            else if (c == '+' && plusIsSpace)
            {
                value = ' ';
            }

            if (value is <= 0 or > 0xFF || (c > 0x7F))
            {
                return Refusal(value, c);
            }

            output[length++] = (byte)value;
        }

        return Utf8.IsValid(output[..length]) ? null : NotUtf8;
    }

    /// <summary>Decodes <paramref name="raw"/>, a key or value of a query, where a plus is a space.</summary>
    public static bool TryDecodeQuery(
        ReadOnlySpan<char> raw,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? problem
    )
    {
        Span<byte> buffer = raw.Length <= 256 ? stackalloc byte[256] : new byte[raw.Length];
        problem = Decode(raw, plusIsSpace: true, buffer, out int length);
        text = problem is null ? Encoding.UTF8.GetString(buffer[..length]) : null;
        return problem is null;
    }

    private static string Refusal(int value, char c) =>
        value == 0 ? HasNul
        : c > 0x7F ? NotUtf8
        : BadEscape;

    private static int FromHex(char c) =>
        c switch
        {
            >= '0' and <= '9' => c - '0',
            >= 'a' and <= 'f' => c - 'a' + 10,
            >= 'A' and <= 'F' => c - 'A' + 10,
            _ => -1,
        };
}
