using System.Buffers;
using System.Buffers.Text;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes small pieces into a buffer writer with few calls to it.</summary>
/// <remarks>Owner: one method on the stack, which ends with <see cref="Flush"/> and leaves the writer alone until then.</remarks>
internal ref struct Utf8Buffer(IBufferWriter<byte> output)
{
    // An instance in full has about 1,100 bytes.
    private const int Chunk = 1_024;
    private const int NumberBytesMax = 20;

    private Span<byte> _span;
    private int _used;

    /// <summary>Writes bytes as they are.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_used..]);
        _used += bytes.Length;
    }

    /// <summary>Writes one byte.</summary>
    public void Write(byte value)
    {
        Reserve(1);
        _span[_used++] = value;
    }

    /// <summary>Writes a number in decimal.</summary>
    public void Write(long number)
    {
        Reserve(NumberBytesMax);
        Utf8Formatter.TryFormat(number, _span[_used..], out int written);
        _used += written;
    }

    /// <summary>Writes a UTF-16 unit as four hexadecimal digits, lower case.</summary>
    public void WriteHex4(char unit)
    {
        Reserve(4);
        Utf8Formatter.TryFormat((ushort)unit, _span[_used..], out int written, new StandardFormat('x', 4));
        _used += written;
    }

    /// <summary>Hands over what is written.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _span = default;
        _used = 0;
    }

    private void Reserve(int bytes)
    {
        if (_span.Length - _used < bytes)
        {
            Flush();
            _span = output.GetSpan(Math.Max(bytes, Chunk));
        }
    }
}
