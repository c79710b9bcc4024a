using System.Buffers;

namespace Rollcall.Core.Snapshots;

/// <summary>Where encoded pieces are put, one behind the other: memory that is written once and never again.</summary>
/// <remarks>
/// <para>Owner: one caller at a time. Whoever holds a piece may read it for as long as it likes: the collector owns the memory.</para>
/// <para>Shape: arrays of <see cref="ChunkBytes"/>; a piece lies in one of them, a longer piece in one of its own size.</para>
/// </remarks>
internal sealed class ByteArena : IBufferWriter<byte>
{
    // Below the 85,000 bytes from which arrays live in the large object heap, and a frame's worth of changes.
    private const int ChunkBytes = 64 * 1024;

    private byte[] _chunk = [];
    private int _start;
    private int _end;

    /// <summary>Bytes written since the last piece.</summary>
    public int Pending => _end - _start;

    /// <summary>Ends the piece that was written since the last call.</summary>
    public ArraySegment<byte> TakePiece()
    {
        var piece = new ArraySegment<byte>(_chunk, _start, Pending);
        _start = _end;
        return piece;
    }

    /// <summary>Forgets what was written since the last piece.</summary>
    public void Abandon() => _end = _start;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_chunk.Length - _end));
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _chunk.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _chunk.AsSpan(_end);
    }

    private void Ensure(int sizeHint)
    {
        int needed = Math.Max(1, sizeHint);
        if (_chunk.Length - _end >= needed)
        {
            return;
        }

        // The piece begun moves along; what stays behind is never written again.
        int begun = Pending;
        byte[] chunk = GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, (2 * begun) + needed));
        _chunk.AsSpan(_start, begun).CopyTo(chunk);
        (_chunk, _start, _end) = (chunk, 0, begun);
    }
}
