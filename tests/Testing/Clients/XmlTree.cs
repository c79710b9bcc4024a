using System.Xml;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// An XML document as the clients' parsers see it: no DTD, white space kept, namespaces as the client treats them.
/// </summary>
internal static class XmlTree
{
    /// <summary>The root element.</summary>
    /// <param name="client">For the message.</param>
    /// <param name="body">The document.</param>
    /// <param name="namespaces">True: a prefix without a declaration is an error (expat). False: a colon is a letter (Java's
    /// DOM, Go).</param>
    public static XmlElement Parse(string client, ReadOnlyMemory<byte> body, bool namespaces)
    {
        try
        {
            using MemoryStream stream = new(body.ToArray(), writable: false);
            using XmlTextReader reader = new(stream)
            {
                Namespaces = namespaces,
                Normalization = true,
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                WhitespaceHandling = WhitespaceHandling.All,
            };
            XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
            document.Load(reader);
            return document.DocumentElement!;
        }
        catch (XmlException e)
        {
            throw new ClientRejectsException(client, $"not well-formed XML: {e.Message}", e);
        }
    }

    public static IEnumerable<XmlElement> Elements(this XmlElement parent) => parent.ChildNodes.OfType<XmlElement>();

    /// <summary>All text directly in the element; children's text is skipped.</summary>
    public static string DirectText(this XmlElement element) =>
        string.Concat(element.ChildNodes.OfType<XmlCharacterData>().Where(n => n is not XmlComment).Select(n => n.Value));

    /// <summary>The text before the first child element; null if there is none (ElementTree's <c>text</c>).</summary>
    public static string? LeadingText(this XmlElement element)
    {
        string text = string.Concat(element.ChildNodes.OfType<XmlNode>()
            .TakeWhile(n => n is not XmlElement)
            .OfType<XmlCharacterData>()
            .Where(n => n is not XmlComment)
            .Select(n => n.Value));
        return text.Length == 0 ? null : text;
    }

    /// <summary>The value of an attribute, or null.</summary>
    public static string? Attribute(this XmlElement element, string name) =>
        element.HasAttribute(name) ? element.GetAttribute(name) : null;
}
