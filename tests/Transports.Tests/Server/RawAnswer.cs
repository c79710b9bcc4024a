using System.Globalization;
using System.Text;

namespace Rollcall.Transports.Tests.Server;

/// <summary>An answer as it came over the socket. A connection that was closed without one has status 0.</summary>
public sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public static RawAnswer Closed { get; } = new(0, [], []);

    public string Text => Encoding.UTF8.GetString(Body);

    public string? this[string name] =>
        Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).FirstOrDefault();

    /// <summary>Status, headers in order of their names but for the date, an empty line, the body.</summary>
    public string ToGolden()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Status}\n");
        foreach (
            KeyValuePair<string, string> header in Headers.Where(h => h.Key != "Date").OrderBy(h => h.Key, StringComparer.Ordinal)
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"{header.Key}: {header.Value}\n");
        }

        return text.Append('\n').Append(Text.ReplaceLineEndings("\n").TrimEnd()).ToString().TrimEnd();
    }
}
