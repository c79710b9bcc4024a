using System.Text;

namespace Rollcall.Transports.Http.Linking;

/// <summary>Reads server-sent events off a stream, no faster than it is asked.</summary>
/// <remarks>
/// <para>Owner: one watch. Nothing is read ahead but what one buffer holds, so that a slow caller slows the node.</para>
/// <para>Source: WHATWG HTML, 9.2.6. Fields other than id, event and data mean nothing here; several data fields are joined with line ends.</para>
/// </remarks>
internal sealed class EventReader(Stream stream, int eventBytesMax)
{
    private byte[] _bytes = new byte[16_384];
    private int _start;
    private int _scanned; // no line end before this, from _start on
    private int _end;

    /// <summary>The next event, or a comment; null at the end of the stream.</summary>
    public async ValueTask<ServerEvent?> NextAsync(CancellationToken cancellation)
    {
        var read = new ServerEvent("", "", default);
        while (true)
        {
            if (await LineAsync(cancellation).ConfigureAwait(false) is not { } line)
            {
                return null; // an event that is cut is none
            }

            if (line.IsEmpty)
            {
                if (!read.IsEmpty)
                {
                    return read;
                }

                continue;
            }

            if (line.Span[0] == ':')
            {
                return ServerEvent.Comment;
            }

            read = Take(read, line);
        }
    }

    private ServerEvent Take(ServerEvent read, ReadOnlyMemory<byte> line)
    {
        ReadOnlySpan<byte> text = line.Span;
        int colon = text.IndexOf((byte)':');
        ReadOnlySpan<byte> field = colon < 0 ? text : text[..colon];
        int from = colon < 0 ? text.Length : colon + 1;
        from += from < text.Length && text[from] == ' ' ? 1 : 0;
        ReadOnlyMemory<byte> value = line[from..];
        if (field.SequenceEqual("data"u8))
        {
            return read with { Data = read.Data.IsEmpty ? Keep(value) : Join(read.Data, value) };
        }

        return field.SequenceEqual("event"u8) ? read with { Name = Encoding.UTF8.GetString(value.Span) }
            : field.SequenceEqual("id"u8) ? read with { Id = Encoding.UTF8.GetString(value.Span) }
            : read;
    }

    // The buffer moves with the next line, which is at least the empty one that ends the event: so what is in it is set aside.
    private static ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> value) => value.ToArray();

    private ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> more) =>
        data.Length + (long)more.Length < eventBytesMax
            ? (byte[])[.. data.Span, (byte)'\n', .. more.Span]
            : throw BoundedBody.TooLong(eventBytesMax);

    /// <summary>A line without its end, valid until the next call; null at the end of the stream.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> LineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            int at = _bytes.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int lineEnd = _scanned + at;
                int length = lineEnd - _start - (lineEnd > _start && _bytes[lineEnd - 1] == '\r' ? 1 : 0);
                ReadOnlyMemory<byte> line = _bytes.AsMemory(_start, length);
                _start = _scanned = lineEnd + 1;
                return line;
            }

            _scanned = _end;
            Reserve();
            int read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }

    private void Reserve()
    {
        if (_end < _bytes.Length)
        {
            return;
        }

        int held = _end - _start;
        if (held >= eventBytesMax)
        {
            throw BoundedBody.TooLong(eventBytesMax);
        }

        byte[] into = held > _bytes.Length / 2 ? new byte[(int)Math.Min(2L * _bytes.Length, Array.MaxLength)] : _bytes;
        _bytes.AsSpan(_start, held).CopyTo(into);
        (_bytes, _scanned, _start, _end) = (into, _scanned - _start, 0, held);
    }
}

/// <summary>One event.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Id">Where to resume.</param>
/// <param name="Data">What it says.</param>
internal readonly record struct ServerEvent(string Name, string Id, ReadOnlyMemory<byte> Data)
{
    /// <summary>The sender lives.</summary>
    public static ServerEvent Comment { get; } = new(":", "", default);

    public bool IsEmpty => Name.Length == 0 && Id.Length == 0 && Data.IsEmpty;
}
