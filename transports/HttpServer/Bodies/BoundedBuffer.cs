using System.Buffers;

namespace Rollcall.Transports.HttpServer.Bodies;

/// <summary>A rented buffer that grows to a limit and no further.</summary>
/// <remarks>Owner: one <see cref="RequestBody"/>; a mutable struct, passed by reference.</remarks>
internal struct BoundedBuffer(int limit) : IDisposable
{
    private const int FirstRentBytes = 4_096;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public readonly int Limit => limit;

    public readonly ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public readonly ArraySegment<byte> Array => new(_bytes, 0, Length);

    /// <summary>False if <paramref name="more"/> does not fit; nothing is then appended.</summary>
    public bool TryAppend(in ReadOnlySequence<byte> more)
    {
        if (more.Length > limit - Length)
        {
            return false;
        }

        Reserve((int)more.Length);
        more.CopyTo(_bytes.AsSpan(Length));
        Length += (int)more.Length;
        return true;
    }

    /// <summary>Fills from <paramref name="source"/>; false if it holds more than fits.</summary>
    public bool TryFill(Stream source)
    {
        while (true)
        {
            Reserve(Math.Min(FirstRentBytes, limit - Length));
            int room = Math.Min(_bytes.Length, limit) - Length;
            if (room == 0)
            {
                return source.ReadByte() < 0;
            }

            int read = source.Read(_bytes, Length, room);
            Length += read;
            if (read == 0)
            {
                return true;
            }
        }
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        Length = 0;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(
            Math.Max(Length + more, Math.Max(FirstRentBytes, (int)Math.Min(2L * _bytes.Length, limit)))
        );
        _bytes.AsSpan(0, Length).CopyTo(larger);
        int length = Length;
        Dispose();
        _bytes = larger;
        Length = length;
    }
}
