using System.Globalization;
using System.Text;
using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// XStream's escapes in element names: <c>_</c> is <c>__</c>, <c>$</c> is <c>_-</c>, what no name may hold is <c>_.</c> and
/// four hex digits.
/// </summary>
/// <remarks>
/// <para>Source: XStream 1.4 <c>XmlFriendlyNameCoder</c>, names of XML 1.0, 4th edition. The colon is legal there and
/// passes.</para>
/// </remarks>
public static class XStreamNames
{
    /// <summary>The element name of a key, as the Java server writes it.</summary>
    public static string Encode(string key)
    {
        StringBuilder name = new();
        for (int i = 0; i < key.Length; i++)
        {
            char c = key[i];
            bool legal = i == 0 ? XmlConvert.IsStartNCNameChar(c) : XmlConvert.IsNCNameChar(c);
            name.Append(c switch
            {
                '_' => "__",
                '$' => "_-",
                ':' => ":",
                _ when legal => c.ToString(),
                _ => "_." + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
            });
        }

        return name.ToString();
    }

    /// <summary>
    /// The same with the colon escaped too: Java reads it, and expat does not take it for a prefix that nobody declared.
    /// </summary>
    public static string EncodeWithoutPrefix(string key) => Encode(key).Replace(":", "_.003a", StringComparison.Ordinal);

    /// <summary>The key of an element name. An underscore that begins no escape stands for itself.</summary>
    public static string Decode(string name)
    {
        StringBuilder key = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '_' || i + 1 == name.Length)
            {
                key.Append(name[i]);
            }
            else if (name[i + 1] == '_')
            {
                key.Append('_');
                i++;
            }
            else if (name[i + 1] == '-')
            {
                key.Append('$');
                i++;
            }
            else if (name[i + 1] == '.' && TryHex(name.AsSpan(i + 2), out char c))
            {
                key.Append(c);
                i += 5;
            }
            else
            {
                key.Append('_');
            }
        }

        return key.ToString();
    }

    private static bool TryHex(ReadOnlySpan<char> rest, out char c)
    {
        ushort code = 0;
        bool isHex = rest.Length >= 4
            && ushort.TryParse(rest[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        c = (char)code;
        return isHex;
    }
}
