using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>Bytes that came in, and the whole frames in them.</summary>
/// <remarks>Owner: one reader. A frame's payload is valid until the next call.</remarks>
internal sealed class IncomingFrames(int bytes = IncomingFrames.DefaultBytes)
{
    private const int DefaultBytes = 16 * 1024;

    private byte[] _buffer = new byte[bytes];
    private int _from;
    private int _to;

    /// <summary>Room for what comes next; never empty.</summary>
    public Memory<byte> Room()
    {
        if (_from == _to)
        {
            _from = _to = 0;
        }
        else if (_to == _buffer.Length)
        {
            if (_from < _buffer.Length / 2)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }

        return _buffer.AsMemory(_to);
    }

    /// <summary>So many bytes of <see cref="Room"/> are used.</summary>
    public void Filled(int count) => _to += count;

    /// <summary>Takes the next frame; false if it is not all there.</summary>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        ReadOnlySpan<byte> held = _buffer.AsSpan(_from, _to - _from);
        if (held.Length < FrameHeader.Size)
        {
            return false;
        }

        header = FrameHeader.Read(held);
        if (held.Length - FrameHeader.Size < header.Length)
        {
            return false;
        }

        payload = held.Slice(FrameHeader.Size, (int)header.Length);
        _from += FrameHeader.Size + payload.Length;
        return true;
    }
}
