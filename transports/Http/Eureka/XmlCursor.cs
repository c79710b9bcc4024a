using System.Text;
using System.Xml;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Walks elements. Malformed XML and too deep nesting throw <see cref="XmlException"/>.</summary>
/// <remarks>Between calls it stands on the start of an element, or, when its children have been read, on its end.</remarks>
internal sealed class XmlCursor(XmlReader xml, int depthMax)
{
    /// <summary>Name of the element, with its prefix.</summary>
    public string Name => xml.Name;

    /// <summary>The member that the element is.</summary>
    public Member Member => EurekaNames.Find(xml.Name);

    /// <summary>Goes to the root.</summary>
    public void ReadRoot()
    {
        while (xml.NodeType != XmlNodeType.Element && Read()) { }
    }

    /// <summary>Reads what is left, so that nothing malformed behind the root goes unseen.</summary>
    public void ReadToEnd()
    {
        while (Read()) { }
    }

    /// <summary>Value of an attribute; null if absent.</summary>
    public string? Attribute(string name) => xml.GetAttribute(name);

    /// <summary>The children of the element, one after the other; one that the caller does not read is stepped over.</summary>
    public IEnumerable<Member> Children()
    {
        if (xml.IsEmptyElement)
        {
            yield break;
        }

        for (int depth = xml.Depth; Read() && !IsEndOf(depth);)
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                yield return Member;
                StepOver();
            }
        }
    }

    /// <summary>The text of the element, comments left out; null if it holds elements.</summary>
    public string? Text()
    {
        if (xml.IsEmptyElement)
        {
            return "";
        }

        string first = "";
        StringBuilder? more = null;
        bool plain = true;
        for (int depth = xml.Depth; Read() && !IsEndOf(depth);)
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                plain = false;
            }
            else if (first.Length == 0)
            {
                first = xml.Value;
            }
            else
            {
                more = (more ?? new StringBuilder(first)).Append(xml.Value);
            }
        }

        return plain ? more?.ToString() ?? first : null;
    }

    private void StepOver()
    {
        if (xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement)
        {
            for (int depth = xml.Depth; Read() && !IsEndOf(depth);) { }
        }
    }

    private bool IsEndOf(int depth) => xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth;

    private bool Read()
    {
        bool more = xml.Read();
        return xml.Depth <= depthMax ? more : throw new XmlException($"Elements are nested deeper than {depthMax}.");
    }
}
