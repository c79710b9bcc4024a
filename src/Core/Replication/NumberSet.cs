using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using Rollcall.Core.Leases;

namespace Rollcall.Core.Replication;

/// <summary>A set of lease numbers, by chunks of 1,024: what says that leases were renewed.</summary>
/// <remarks>
/// <para>
/// Encoded, chunk after chunk, as its distance from the one before, then its members, in the shorter of two ways, which the lowest bit
/// of a second number tells: 0, twice their count, and two bytes each, ascending; 1, twice the length of a bitmap plus one, and the
/// bitmap up to its last byte that is not 0. Numbers are LEB128, the members' two bytes little-endian.
/// </para>
/// <para>I1: a set has one encoding, and other bytes are refused.</para>
/// </remarks>
public sealed class NumberSet : IEnumerable<uint>
{
    /// <summary>Words of the bitmap of a chunk.</summary>
    internal const int WordsPerChunk = LeaseDirectory.ChunkSize / 64;

    private const int BitmapBytesMax = WordsPerChunk * sizeof(ulong);

    private readonly SortedDictionary<uint, ulong[]> _chunks = [];

    /// <summary>Members.</summary>
    public int Count { get; private set; }

    /// <summary>Adds members of one chunk that is not there yet.</summary>
    internal void Add(uint chunk, ReadOnlySpan<ulong> bits)
    {
        _chunks.Add(chunk, bits.ToArray());
        foreach (ulong word in bits)
        {
            Count += BitOperations.PopCount(word);
        }
    }

    /// <summary>The bytes that <see cref="TryDecode"/> reads.</summary>
    public byte[] Encode()
    {
        using var stream = new MemoryStream();
        uint next = 0;
        Span<byte> bitmap = stackalloc byte[BitmapBytesMax];
        Span<byte> member = stackalloc byte[sizeof(ushort)];
        foreach ((uint chunk, ulong[] bits) in _chunks)
        {
            WriteNumber(stream, chunk - next);
            next = chunk + 1;
            if (!IsListed(bits, out int count, out int length))
            {
                WriteNumber(stream, ((uint)length * 2) + 1);
                Write(bits, bitmap);
                stream.Write(bitmap[..length]);
                continue;
            }

            WriteNumber(stream, (uint)count * 2);
            foreach (uint number in Members(bits))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(member, (ushort)number);
                stream.Write(member);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false if the bytes are anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out NumberSet set)
    {
        set = new NumberSet();
        ulong next = 0;
        var bits = new ulong[WordsPerChunk];
        while (!bytes.IsEmpty)
        {
            if (!TryReadNumber(ref bytes, out uint distance) || !TryReadNumber(ref bytes, out uint form))
            {
                return false;
            }

            ulong chunk = next + distance;
            bool listed = (form & 1) == 0;
            uint length = listed ? form : form / 2;
            if (chunk >= Home.NumbersMax >> LeaseDirectory.ChunkBits || length is 0 or > BitmapBytesMax || bytes.Length < length)
            {
                return false;
            }

            Array.Clear(bits);
            if (!(listed ? TryReadMembers(bytes[..(int)length], bits) : TryReadBitmap(bytes[..(int)length], bits)))
            {
                return false;
            }

            if (IsListed(bits, out _, out _) != listed)
            {
                return false; // the longer way
            }

            set.Add((uint)chunk, bits);
            bytes = bytes[(int)length..];
            next = chunk + 1;
        }

        return true;
    }

    /// <summary>The members, ascending.</summary>
    public IEnumerator<uint> GetEnumerator()
    {
        foreach ((uint chunk, ulong[] bits) in _chunks)
        {
            foreach (uint member in Members(bits))
            {
                yield return (chunk << LeaseDirectory.ChunkBits) + member;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Whether a list of the members is shorter than the bitmap, of this length.
    private static bool IsListed(ReadOnlySpan<ulong> bits, out int count, out int length)
    {
        count = 0;
        length = 0;
        for (int word = 0; word < bits.Length; word++)
        {
            count += BitOperations.PopCount(bits[word]);
            length = bits[word] == 0 ? length : ((word + 1) * sizeof(ulong)) - (BitOperations.LeadingZeroCount(bits[word]) / 8);
        }

        return count * sizeof(ushort) < length;
    }

    private static void Write(ReadOnlySpan<ulong> bits, Span<byte> bitmap)
    {
        for (int word = 0; word < bits.Length; word++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bitmap[(word * sizeof(ulong))..], bits[word]);
        }
    }

    private static bool TryReadBitmap(ReadOnlySpan<byte> bytes, Span<ulong> bits)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bits[i / sizeof(ulong)] |= (ulong)bytes[i] << (i % sizeof(ulong) * 8);
        }

        return bytes[^1] != 0;
    }

    private static bool TryReadMembers(ReadOnlySpan<byte> bytes, Span<ulong> bits)
    {
        int last = -1;
        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ushort)..])
        {
            int member = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (member <= last || member >= LeaseDirectory.ChunkSize)
            {
                return false;
            }

            bits[member >> 6] |= 1UL << (member & 63);
            last = member;
        }

        return true;
    }

    private static IEnumerable<uint> Members(ulong[] bits)
    {
        for (uint word = 0; word < bits.Length; word++)
        {
            for (ulong left = bits[word]; left != 0; left &= left - 1)
            {
                yield return (word * 64) + (uint)BitOperations.TrailingZeroCount(left);
            }
        }
    }

    private static void WriteNumber(MemoryStream stream, uint number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            stream.WriteByte((byte)(number | 0x80));
        }

        stream.WriteByte((byte)number);
    }

    // Only the shortest way to write a number is one.
    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out uint number)
    {
        number = 0;
        for (int shift = 0; shift < 32 && !bytes.IsEmpty; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            number |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (shift == 0 || next != 0) && (shift < 28 || next < 0x10);
            }
        }

        return false;
    }
}
