using System.Globalization;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support;

/// <summary>One instance of a document in <see cref="EchoEncoder"/>'s format.</summary>
/// <param name="Service">Of the service it stood in.</param>
/// <param name="Kind">As encoded.</param>
/// <param name="LastRenewalMs">As encoded.</param>
/// <param name="RemovedAtMs">As encoded.</param>
/// <param name="Portrait">See <see cref="Support.Portrait"/>.</param>
public sealed record EchoInstance(string Service, ChangeKind Kind, long LastRenewalMs, long RemovedAtMs, string Portrait);

/// <summary>A document in <see cref="EchoEncoder"/>'s format, read back; any deviation from the grammar throws.</summary>
/// <param name="Kind">Of the head.</param>
/// <param name="Version">Of the head.</param>
/// <param name="Counts">Of the head, by status.</param>
/// <param name="Sequence">Of the head.</param>
/// <param name="Services">In order.</param>
/// <param name="Instances">In order.</param>
public sealed record EchoDocument(
    DocumentKind Kind,
    ulong Version,
    IReadOnlyList<int> Counts,
    long Sequence,
    IReadOnlyList<string> Services,
    IReadOnlyList<EchoInstance> Instances
)
{
    /// <summary>Reads the bytes of a document, whatever its coding.</summary>
    public static EchoDocument Parse(EncodedDocument document, DocumentCoding coding) => Parse(Plain(document, coding));

    /// <summary>What the bytes of a document unpack to; of <see cref="DocumentCoding.Packed"/> those that <see cref="FramingPacker"/> made.</summary>
    public static byte[] Plain(EncodedDocument document, DocumentCoding coding)
    {
        byte[] bytes = Bytes(document);
        return coding switch
        {
            DocumentCoding.Plain => bytes,
            DocumentCoding.Gzip => StrictGzip.Unpack(bytes),
            _ => FramingPacker.Unpack(bytes),
        };
    }

    /// <summary>Reads plain bytes.</summary>
    public static EchoDocument Parse(ReadOnlySpan<byte> plain)
    {
        var lines = new Lines(Encoding.UTF8.GetString(plain).Split('\n'));
        string[] head = lines.Take('H').Split('|');
        var services = new List<string>();
        var instances = new List<EchoInstance>();
        while (lines.Next == 'S')
        {
            ReadService(lines, services, instances);
            if (lines.Next != ',')
            {
                break;
            }

            lines.Take(',');
            lines.Expect('S');
        }

        if (!lines.Take('T').Split('|').SequenceEqual(head) || lines.Take('\0').Length > 0 || lines.Left > 0)
        {
            throw new FormatException("the tail is not that of the head, or something follows it");
        }

        return new(
            Enum.Parse<DocumentKind>(head[0]),
            ulong.Parse(head[1], CultureInfo.InvariantCulture),
            [.. head[2].Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))],
            long.Parse(head[3], CultureInfo.InvariantCulture),
            services,
            instances
        );
    }

    /// <summary>All segments in one array; the document must have told its length truly.</summary>
    public static byte[] Bytes(EncodedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var bytes = new MemoryStream();
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            bytes.Write(segment.Span);
        }

        return bytes.Length == document.Length
            ? bytes.ToArray()
            : throw new FormatException($"a document of {document.Length} bytes has {bytes.Length} in its segments");
    }

    private static void ReadService(Lines lines, List<string> services, List<EchoInstance> instances)
    {
        string name = Uri.UnescapeDataString(lines.Take('S'));
        services.Add(name);
        instances.Add(ReadInstance(name, lines.Take('I')));
        while (lines.Next == ';')
        {
            lines.Take(';');
            instances.Add(ReadInstance(name, lines.Take('I')));
        }

        lines.Take('E');
    }

    private static EchoInstance ReadInstance(string service, string line)
    {
        string[] words = line.Split('|', 4);
        return new(
            service,
            Enum.Parse<ChangeKind>(words[0]),
            long.Parse(words[1], CultureInfo.InvariantCulture),
            long.Parse(words[2], CultureInfo.InvariantCulture),
            words[3]
        );
    }

    private sealed class Lines(string[] lines)
    {
        private int _at;

        /// <summary>First letter of the next line; 0 if it is empty.</summary>
        public char Next => lines[_at].Length == 0 ? '\0' : lines[_at][0];

        public int Left => lines.Length - _at;

        public string Take(char letter)
        {
            Expect(letter);
            string line = lines[_at++];
            return line.Length == 0 ? line : line[1..];
        }

        public void Expect(char letter)
        {
            if (_at >= lines.Length || Next != letter)
            {
                string seen = _at < lines.Length ? lines[_at] : "the end";
                throw new FormatException($"line {_at}: expected '{letter}', seen '{seen}'");
            }
        }
    }
}
