using System.Buffers;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes members as JSON, without white space.</summary>
internal ref struct JsonSink(IBufferWriter<byte> output) : IMemberSink
{
    // Control characters, the quote and the backslash: what JSON does not allow as it is.
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(b => (byte)b),
        (byte)'"',
        (byte)'\\',
    ]);

    private Utf8Buffer _output = new(output);

    // True where the next member follows another one.
    private bool _follows;

    public readonly Member OverriddenStatus => Member.OverriddenStatus;

    public void OpenObject()
    {
        _output.Write((byte)'{');
        _follows = false;
    }

    public void CloseObject()
    {
        _output.Write((byte)'}');
        _follows = true;
    }

    /// <summary>Writes <c>"name":</c>.</summary>
    public void Name(Member member)
    {
        Separate();
        _output.Write(EurekaNames.Json(member));
    }

    public void Open(Member group)
    {
        Name(group);
        OpenObject();
    }

    public void Close(Member group) => CloseObject();

    public void OpenArray(Member member)
    {
        Name(member);
        _output.Write((byte)'[');
        _follows = false;
    }

    public void CloseArray()
    {
        _output.Write((byte)']');
        _follows = true;
    }

    public void OpenDataCenter(ReadOnlySpan<byte> javaClass)
    {
        Open(Member.DataCenterInfo);
        Text(Member.Class, javaClass);
    }

    public void OpenMap(Member map) => Open(map);

    public void EmptyMap(Member map)
    {
        Open(map);
        Text(Member.Class, EurekaNames.EmptyMapClass);
        Close(map);
    }

    public void Pair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Separate();
        Quoted(key);
        _output.Write((byte)':');
        Quoted(value);
    }

    public void Text(Member member, ReadOnlySpan<byte> text)
    {
        Name(member);
        Quoted(text);
    }

    public void Number(Member member, long number)
    {
        Name(member);
        _output.Write(number);
    }

    public void NumberAsText(Member member, long number)
    {
        Name(member);
        _output.Write((byte)'"');
        _output.Write(number);
        _output.Write((byte)'"');
    }

    public void Port(Member member, int port, bool enabled)
    {
        Open(member);
        Number(Member.PortNumber, port);
        Text(Member.PortEnabled, enabled ? "true"u8 : "false"u8);
        Close(member);
    }

    /// <summary>Separates what comes next from what was before, inside an array or object.</summary>
    public void Separate()
    {
        if (_follows)
        {
            _output.Write((byte)',');
        }

        _follows = true;
    }

    /// <summary>Writes <c>"text"</c>.</summary>
    public void Quoted(ReadOnlySpan<byte> text)
    {
        _output.Write((byte)'"');
        for (int at = text.IndexOfAny(s_escaped); at >= 0; at = text.IndexOfAny(s_escaped))
        {
            _output.Write(text[..at]);
            Escape(text[at]);
            text = text[(at + 1)..];
        }

        _output.Write(text);
        _output.Write((byte)'"');
    }

    public void Flush() => _output.Flush();

    private void Escape(byte c)
    {
        if (c >= 0x20)
        {
            _output.Write((byte)'\\');
            _output.Write(c);
        }
        else
        {
            _output.Write("\\u"u8);
            _output.WriteHex4((char)c);
        }
    }
}
