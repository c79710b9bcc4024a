using System.Net;
using System.Text;

namespace Rollcall.Load.Pages;

/// <summary>A page as it grows: text is escaped, marks are closed, so that it is XML as well.</summary>
/// <remarks>Self-contained: one style sheet inside, pictures as SVG, no script, nothing fetched.</remarks>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Marks as they are.</summary>
    public Html Raw(string marks)
    {
        _text.Append(marks).Append('\n');
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public Html Element(string name, string text) => Raw($"<{name}>{Escape(text)}</{name.Split(' ')[0]}>");

    /// <summary>A table; cells of all columns but the first are numbers, unless it says otherwise.</summary>
    /// <param name="head">Names of the columns.</param>
    /// <param name="rows">Cells.</param>
    /// <param name="isText">True: all columns are words.</param>
    public Html Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, bool isText = false)
    {
        Raw($"<div class=\"scroll\"><table{(isText ? " class=\"words\"" : "")}><thead><tr>");
        foreach (string name in head)
        {
            Element("th scope=\"col\"", name);
        }

        Raw("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in rows)
        {
            Raw("<tr>" + string.Concat(row.Select((cell, i) => i == 0 ? $"<th scope=\"row\">{Escape(cell)}</th>" : $"<td>{Escape(cell)}</td>")) + "</tr>");
        }

        return Raw("</tbody></table></div>");
    }

    /// <summary>Pairs of a name and a value.</summary>
    public Html Facts(IEnumerable<(string Name, string Value)> facts)
    {
        Raw("<dl>");
        foreach ((string name, string value) in facts)
        {
            Raw($"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}</dd></div>");
        }

        return Raw("</dl>");
    }

    /// <summary>The whole page.</summary>
    public string Page(string title) =>
        $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{Escape(title)}</title><style>{Style.Sheet}</style></head><body><main>
            {_text}</main></body></html>
            """ + "\n";

    public static string Escape(string text) => WebUtility.HtmlEncode(text);
}
