using System.Buffers;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes members as XML, without white space between elements.</summary>
internal ref struct XmlSink(IBufferWriter<byte> output) : IMemberSink
{
    private const byte NonCharacterLead = 0xEF;

    // Markup; the carriage return, which a reader would turn into a line feed; what XML 1.0 cannot hold at all.
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Where(b => b is not ('\t' or '\n')).Select(b => (byte)b),
        .. "&<>\"'"u8,
        NonCharacterLead,
    ]);

    private Utf8Buffer _output = new(output);

    public readonly Member OverriddenStatus => Member.OverriddenStatusLegacy;

    public void Open(Member group) => _output.Write(EurekaNames.XmlOpen(group));

    public void Close(Member group) => _output.Write(EurekaNames.XmlClose(group));

    public void OpenDataCenter(ReadOnlySpan<byte> javaClass)
    {
        OpenWithAttribute(Member.DataCenterInfo, "class=\""u8, javaClass);
        _output.Write((byte)'>');
    }

    public void OpenMap(Member map) => Open(map);

    public void EmptyMap(Member map)
    {
        OpenWithAttribute(map, "class=\""u8, EurekaNames.EmptyMapClass);
        _output.Write("/>"u8);
    }

    public void Pair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _output.Write((byte)'<');
        XmlNames.Write(ref _output, key);
        _output.Write((byte)'>');
        Escaped(value);
        _output.Write("</"u8);
        XmlNames.Write(ref _output, key);
        _output.Write((byte)'>');
    }

    public void Text(Member member, ReadOnlySpan<byte> text)
    {
        Open(member);
        Escaped(text);
        Close(member);
    }

    public void Number(Member member, long number)
    {
        Open(member);
        _output.Write(number);
        Close(member);
    }

    public void NumberAsText(Member member, long number) => Number(member, number);

    public void Port(Member member, int port, bool enabled)
    {
        OpenWithAttribute(member, "enabled=\""u8, enabled ? "true"u8 : "false"u8);
        _output.Write((byte)'>');
        _output.Write(port);
        Close(member);
    }

    public void Flush() => _output.Flush();

    // <name attribute="value" and no more. The values are ours and need no escape.
    private void OpenWithAttribute(Member member, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        _output.Write(EurekaNames.XmlOpen(member)[..^1]);
        _output.Write((byte)' ');
        _output.Write(attribute);
        _output.Write(value);
        _output.Write((byte)'"');
    }

    private void Escaped(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOfAny(s_escaped); at >= 0; at = text.IndexOfAny(s_escaped))
        {
            _output.Write(text[..at]);
            text = text[(at + Escape(text[at..]))..];
        }

        _output.Write(text);
    }

    // Writes what stands for the start of the text; returns how many bytes of it.
    private int Escape(ReadOnlySpan<byte> text)
    {
        if (text[0] == NonCharacterLead)
        {
            // U+FFFE and U+FFFF; everything else in U+F000..U+FFFF is good.
            bool good = !text.StartsWith("\uFFFE"u8) && !text.StartsWith("\uFFFF"u8);
            _output.Write(good ? text[..1] : "\uFFFD"u8);
            return good ? 1 : 3;
        }

        _output.Write(
            text[0] switch
            {
                (byte)'&' => "&amp;"u8,
                (byte)'<' => "&lt;"u8,
                (byte)'>' => "&gt;"u8,
                (byte)'"' => "&quot;"u8,
                (byte)'\'' => "&apos;"u8,
                (byte)'\r' => "&#13;"u8,
                _ => "\uFFFD"u8,
            }
        );
        return 1;
    }
}
