using System.Globalization;
using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// How Go's encoding/xml fills a struct: by local name, last element wins, empty text is the zero value, garbage is an error.
/// </summary>
/// <remarks>
/// <para>Source: Go <c>encoding/xml</c> <c>copyValue</c>: numbers and booleans are trimmed, then parsed to the letter.</para>
/// </remarks>
internal sealed class GoXml(string client)
{
    private static readonly string[] True = ["1", "t", "T", "TRUE", "true", "True"];
    private static readonly string[] False = ["", "0", "f", "F", "FALSE", "false", "False"];

    public ClientRejectsException Reject(string reason) => new(client, reason);

    /// <summary>A colon is legal in names and cuts a prefix off, declared or not.</summary>
    public static string LocalName(XmlElement element) =>
        element.Name[(element.Name.IndexOf(':', StringComparison.Ordinal) + 1)..];

    public static IEnumerable<XmlElement> All(XmlElement parent, string name) =>
        parent.Elements().Where(e => LocalName(e) == name);

    public static XmlElement? Last(XmlElement parent, string name) => All(parent, name).LastOrDefault();

    /// <summary>The empty string if there is no such element.</summary>
    public static string Text(XmlElement parent, string name) => Last(parent, name)?.DirectText() ?? "";

    public long Int(XmlElement parent, string name, int bits = 64) => Int(Text(parent, name), name, bits);

    public long Int(string text, string where, int bits = 64)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        return long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n)
            && (bits == 64 || n == (int)n)
            ? n
            : throw Reject($"strconv.ParseInt: parsing \"{text}\" of {where}");
    }

    public bool Bool(XmlElement parent, string name) => Bool(Text(parent, name), name);

    public bool Bool(string? text, string where)
    {
        string trimmed = (text ?? "").Trim();
        if (True.Contains(trimmed))
        {
            return true;
        }

        return False.Contains(trimmed) ? false : throw Reject($"strconv.ParseBool: parsing \"{text}\" of {where}");
    }

    /// <summary>A port with its attribute; null if there is no such element.</summary>
    public (int Number, bool Enabled)? Port(XmlElement parent, string name) =>
        Last(parent, name) is { } port
            ? ((int)Int(port.DirectText(), name), Bool(port.Attribute("enabled"), $"{name}.enabled"))
            : null;

    public static Dictionary<string, string?> Map(XmlElement parent)
    {
        Dictionary<string, string?> map = [];
        foreach (XmlElement child in parent.Elements())
        {
            map[LocalName(child)] = child.DirectText();
        }

        return map;
    }
}
