using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>Netflix's XStreamXml: what Java answers to whoever does not say <c>json</c>. Made from the JSON, whose members are the same.</summary>
internal static class JavaXml
{
    public static string Write(string root, JsonObject json) => Element(root, json).ToString();

    private static XElement Element(string name, JsonNode? value)
    {
        var element = new XElement(Escape(name));
        switch (value)
        {
            case JsonObject port when port.ContainsKey("$"):
                element.SetAttributeValue("enabled", port["@enabled"]!.ToString());
                element.Value = port["$"]!.ToString();
                break;
            case JsonObject inner:
                foreach ((string member, JsonNode? child) in inner)
                {
                    Add(element, member, child);
                }

                break;
            default:
                element.Value = value?.ToString() ?? "";
                break;
        }

        return element;
    }

    private static void Add(XElement to, string member, JsonNode? value)
    {
        if (member == "@class")
        {
            to.SetAttributeValue("class", value!.ToString());
        }
        else if (value is JsonArray many)
        {
            to.Add(many.Select(one => Element(member, one)));
        }
        else
        {
            to.Add(Element(member == "overriddenStatus" ? "overriddenstatus" : member, value));
        }
    }

    private static string Escape(string name)
    {
        if (name is "versions__delta" or "apps__hashcode")
        {
            return name;
        }

        var escaped = new System.Text.StringBuilder();
        foreach (char c in name)
        {
            escaped.Append(
                c == '_' ? "__"
                : c == '$' ? "_-"
                : char.IsAsciiLetter(c) || (escaped.Length > 0 && (char.IsAsciiDigit(c) || c is '-' or '.')) ? c.ToString()
                : string.Create(CultureInfo.InvariantCulture, $"_.{(int)c:x4}")
            );
        }

        return escaped.ToString();
    }
}
