using System.Text;

namespace Rollcall.Transports.HttpServer;

/// <summary>Makes a reason fit to be sent: it may repeat what a caller sent.</summary>
internal static class Reason
{
    /// <summary>As a header: a line that any proxy and log can carry.</summary>
    private const int HeaderCharsMax = 200;

    /// <summary>As a body: the longest of our own sentences with what they repeat, several times over.</summary>
    private const int BodyCharsMax = 2_000;

    /// <summary>
    /// Printable ASCII, at most 200 characters: everything else, line breaks above all, becomes a question mark.
    /// </summary>
    public static string ForHeader(string reason) => Clean(reason, HeaderCharsMax, c => c is >= ' ' and <= '~');

    /// <summary>UTF-8 text without control characters.</summary>
    public static byte[] ForBody(string reason) => Encoding.UTF8.GetBytes(Clean(reason, BodyCharsMax, c => !char.IsControl(c)));

    private static string Clean(string text, int charsMax, Func<char, bool> isFit)
    {
        if (text.Length <= charsMax && text.All(isFit))
        {
            return text;
        }

        return string.Create(
            Math.Min(text.Length, charsMax),
            (text, isFit),
            static (span, from) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = from.isFit(from.text[i]) ? from.text[i] : '?';
                }
            }
        );
    }
}
