using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer.Pages;

/// <summary>Writes one self-contained page: no script, no external anything, everything that a caller sent escaped.</summary>
internal sealed class HtmlWriter
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--soft:#8882}
        body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem}
        header{display:flex;gap:1.5rem;align-items:baseline}
        h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
        td{overflow-wrap:anywhere}
        .number{text-align:right;white-space:nowrap}
        .note{padding:.5rem .8rem;background:var(--soft);border-left:4px solid #2a7;margin:1rem 0}
        .alarm{border-left-color:#d60}
        .status{font-size:.8em;padding:0 .4em;border-radius:.3em;background:var(--soft)}
        """;

    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(8_192);

    public HtmlWriter(string title)
    {
        Raw("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>").Text(title).Raw("</title>");
        Raw("<style>").Raw(Style).Raw("</style></head><body><header><h1>Rollcall</h1>");
        Raw("<a href=\"/\">Services</a><a href=\"/lastn\">Last events</a></header>");
    }

    /// <summary>Nothing may be loaded, run or framed; only this very style sheet applies.</summary>
    public static StringValues ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Markup of ours, never a caller's text.</summary>
    public HtmlWriter Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public HtmlWriter Text(string text)
    {
        _text.Append(s_encoder.Encode(text));
        return this;
    }

    public HtmlWriter Number(long number)
    {
        _text.Append(number.ToString("N0", CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>A link to a place of ours, whose parts are percent-encoded here.</summary>
    public HtmlWriter OwnLink(string path, string service, string id, string text) =>
        Raw("<a href=\"")
            .Text($"{path}/{Uri.EscapeDataString(service)}/{Uri.EscapeDataString(id)}")
            .Raw("\">")
            .Text(text)
            .Raw("</a>");

    /// <summary>
    /// A link that a registration gave: only to http and https, and telling nothing of where it stood. Else nothing.
    /// </summary>
    public HtmlWriter ForeignLink(string? url, string text)
    {
        bool safe =
            Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed)
            && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps);
        return safe
            ? Raw(" <a rel=\"noopener noreferrer\" href=\"").Text(parsed!.AbsoluteUri).Raw("\">").Text(text).Raw("</a>")
            : this;
    }

    public byte[] Finish() => Encoding.UTF8.GetBytes(Raw("</body></html>")._text.ToString());
}
