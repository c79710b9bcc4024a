using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rollcall.Testing.Support;

/// <summary>The doc comments of an assembly, for tables and schemas that repeat them.</summary>
public sealed partial class XmlDocumentation(Assembly assembly)
{
    private readonly XElement _comments = XElement.Load(Path.ChangeExtension(assembly.Location, ".xml"));

    /// <summary>The summary of a property, on one line, with what it refers to by its last name.</summary>
    public string Summary(Type type, string property)
    {
        string member = $"P:{type.FullName}.{property}";
        XElement summary = new(_comments.Descendants("member").Single(m => (string?)m.Attribute("name") == member).Element("summary")!);
        foreach (XElement inner in summary.Elements().ToList())
        {
            string text = inner.Attribute("cref") is { } cref ? cref.Value.Split('(')[0].Split('.')[^1] : inner.Value;
            inner.ReplaceWith($"`{text}`");
        }

        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
