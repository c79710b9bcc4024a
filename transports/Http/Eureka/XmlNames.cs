using System.Globalization;
using System.Text;
using System.Xml;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Any text as the name of an XML element, and back, as XStream does it.</summary>
/// <remarks>
/// <c>_</c> is written <c>__</c>, <c>$</c> is <c>_-</c>, and a UTF-16 unit that a name cannot have at its place is <c>_.</c> and
/// four hexadecimal digits. A colon is escaped too, which XStream leaves: it would be an undeclared prefix to readers that know
/// namespaces. What decodes to no escape stands for itself: <c>my_key</c>.
/// </remarks>
internal static class XmlNames
{
    private const int HexDigits = 4;

    /// <summary>The text that an element's name stands for; false if it is half of a surrogate pair.</summary>
    public static bool TryDecode(string name, out string text)
    {
        text = name.Contains('_', StringComparison.Ordinal) ? Decode(name) : name;
        return IsWellFormed(text);
    }

    /// <summary>Writes the name of an element that stands for a text in UTF-8.</summary>
    public static void Write(ref Utf8Buffer output, ReadOnlySpan<byte> text)
    {
        bool first = true;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            WriteRune(ref output, rune, text[..length], first);
            text = text[length..];
            first = false;
        }
    }

    private static void WriteRune(ref Utf8Buffer output, Rune rune, ReadOnlySpan<byte> utf8, bool first)
    {
        if (rune.Value == '_')
        {
            output.Write("__"u8);
        }
        else if (rune.Value == '$')
        {
            output.Write("_-"u8);
        }
        else if (rune.IsBmp && IsNameChar((char)rune.Value, first))
        {
            output.Write(utf8);
        }
        else
        {
            Span<char> units = stackalloc char[2];
            foreach (char unit in units[..rune.EncodeToUtf16(units)])
            {
                output.Write("_."u8);
                output.WriteHex4(unit);
            }
        }
    }

    private static bool IsNameChar(char c, bool first) => first ? XmlConvert.IsStartNCNameChar(c) : XmlConvert.IsNCNameChar(c);

    private static string Decode(string name)
    {
        var text = new StringBuilder(name.Length);
        for (int at = 0; at < name.Length; at++)
        {
            char next = name[at] == '_' && at + 1 < name.Length ? name[at + 1] : default;
            if (next == '.' && TryHex(name, at + 2, out char unit))
            {
                text.Append(unit);
                at += 1 + HexDigits;
            }
            else if (next is '_' or '-')
            {
                text.Append(next == '_' ? '_' : '$');
                at++;
            }
            else
            {
                text.Append(name[at]);
            }
        }

        return text.ToString();
    }

    private static bool TryHex(string name, int at, out char unit)
    {
        ushort code = 0;
        bool found =
            at + HexDigits <= name.Length
            && ushort.TryParse(
                name.AsSpan(at, HexDigits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out code
            );
        unit = (char)code;
        return found;
    }

    private static bool IsWellFormed(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[++at])))
            {
                return false;
            }
        }

        return true;
    }
}
