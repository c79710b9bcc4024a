using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Core.Snapshots;

/// <summary>Joins pieces that lie side by side into segments.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PickedBytes(List<ReadOnlyMemory<byte>> segments)
{
    private byte[]? _array;
    private int _start;
    private int _end;
    private int _count;
    private int _bytes;

    /// <summary>Adds a piece; false if it would go beyond the limit and is not the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(byte[] array, int start, int end, int bytesMax)
    {
        if (_count > 0 && end - start > bytesMax - _bytes)
        {
            return false;
        }

        _count++;
        _bytes += end - start;
        if (array == _array && start == _end)
        {
            _end = end;
        }
        else
        {
            Close();
            (_array, _start, _end) = (array, start, end);
        }

        return true;
    }

    /// <summary>All that was added, up to a version.</summary>
    public readonly ChangeRead End(ulong reached)
    {
        Close();
        return new ChangeRead(false, reached, _count, _bytes);
    }

    private readonly void Close()
    {
        if (_array is not null)
        {
            segments.Add(_array.AsMemory(_start, _end - _start));
        }
    }
}
