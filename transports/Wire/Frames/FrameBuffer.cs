using System.Buffers;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>Frames one behind the other, whose lengths are known when they are written.</summary>
/// <remarks>
/// <para>Owner: one caller at a time.</para>
/// <para>Shape: one array that grows; what an unusual frame needed is not kept.</para>
/// </remarks>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    private const int KeptBytesMax = 128 * 1024;
    private const int FirstBytes = 1_024;

    private byte[] _bytes = [];
    private int _end;
    private int _frame; // where the frame under way begins

    /// <summary>True if there are no frames.</summary>
    public bool IsEmpty => _end == 0;

    /// <summary>All frames.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _end);

    /// <summary>Begins a frame; its payload is written by the interface.</summary>
    public void Begin()
    {
        _frame = _end;
        GetSpan(FrameHeader.Size);
        _end += FrameHeader.Size;
    }

    /// <summary>Bytes of payload of the frame under way.</summary>
    public int PayloadLength => _end - _frame - FrameHeader.Size;

    /// <summary>Ends the frame under way.</summary>
    public void End(Opcode opcode, FrameFlags flags, uint correlation) =>
        new FrameHeader((uint)PayloadLength, opcode, flags, correlation).Write(_bytes.AsSpan(_frame));

    /// <summary>Takes the frame under way back.</summary>
    public void Abandon() => _end = _frame;

    /// <summary>Lets go of all frames.</summary>
    public void Clear()
    {
        _end = 0;
        if (_bytes.Length > KeptBytesMax)
        {
            _bytes = [];
        }
    }

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(_end);
    }

    private void Grow(int sizeHint)
    {
        int needed = _end + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Math.Max(FirstBytes, needed), _bytes.Length * 2));
        }
    }
}
