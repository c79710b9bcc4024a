using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rollcall.Transports.HttpServer.Access;

/// <summary>Reads the header Authorization.</summary>
internal static class Authorization
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Takes the token, or name and token, out of a header; false if it is neither Bearer nor Basic.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="user">The name, of Basic; null of Bearer.</param>
    /// <param name="secret">The token.</param>
    public static bool TryRead(string value, out string? user, [NotNullWhen(true)] out string? secret)
    {
        user = null;
        secret = null;
        if (value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            secret = value[Bearer.Length..].Trim();
        }
        else if (value.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) && TryDecode(value[Basic.Length..].Trim(), out string? pair))
        {
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            (user, secret) = colon < 0 ? (null, null) : (pair[..colon], pair[(colon + 1)..]);
        }

        return secret is not null;
    }

    private static bool TryDecode(string base64, [NotNullWhen(true)] out string? text)
    {
        text = null;
        byte[] bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out int length))
        {
            return false;
        }

        try
        {
            text = s_strictUtf8.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
