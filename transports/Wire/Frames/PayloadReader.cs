using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>Reads the values of a payload, front to back.</summary>
/// <remarks>
/// Errors: what is malformed, or not there, reads as zero or empty and sets <see cref="Failed"/> for good, so that a decoder is a
/// row of reads and one question at the end. Nothing is thrown, nothing read beyond the payload.
/// </remarks>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>True once something could not be read.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>True if all was read and nothing is left.</summary>
    public readonly bool AtEnd => !Failed && _rest.IsEmpty;

    public byte Byte()
    {
        ReadOnlySpan<byte> bytes = Bytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    /// <summary>8 bytes, little-endian.</summary>
    public ulong Fixed64()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(ulong));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A LEB128 number.</summary>
    public ulong Number()
    {
        ulong value = 0;
        for (int i = 0; i < _rest.Length; i++)
        {
            byte next = _rest[i];
            if (i == 9 && next > 1)
            {
                break; // beyond 64 bits
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        Fail();
        return 0;
    }

    /// <summary>A number in zigzag, so that small ones of either sign are short.</summary>
    public long Signed()
    {
        ulong coded = Number();
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }

    /// <summary>A number of 32 bits.</summary>
    public uint Number32()
    {
        ulong value = Number();
        if (value > uint.MaxValue)
        {
            Fail();
            return 0;
        }

        return (uint)value;
    }

    /// <summary>A count of things of which each takes at least <paramref name="bytesEach"/>: never more than can be there.</summary>
    public int Count(int bytesEach)
    {
        ulong value = Number();
        if (value > (ulong)(_rest.Length / bytesEach))
        {
            Fail();
            return 0;
        }

        return (int)value;
    }

    /// <summary>The next <paramref name="count"/> bytes; empty if they are not there.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            Fail();
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>A text as it stands: its length, its bytes.</summary>
    public ReadOnlySpan<byte> Utf8() => Bytes(Count(1));

    /// <summary>A text; fails if it is not UTF-8.</summary>
    public string Text() => Decode(Utf8());

    /// <summary>Bytes as a string; fails if they are not UTF-8.</summary>
    public string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        Fail();
        return "";
    }

    /// <summary>What is left is nothing that is known here.</summary>
    public void Skip() => _rest = default;

    /// <summary>Says that what was read makes no sense.</summary>
    public void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
