using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using Rollcall.Core.Leases;

namespace Rollcall.Core.Replication;

/// <summary>A set of lease numbers, by chunks of 1,024: what says that leases were renewed.</summary>
/// <remarks>
/// Encoded, chunk after chunk, as its distance from the one before and the count of its members, both LEB128, and the members: two
/// bytes each while that is shorter than a bitmap of 128 bytes.
/// </remarks>
public sealed class NumberSet : IEnumerable<uint>
{
    /// <summary>Words of the bitmap of a chunk.</summary>
    internal const int WordsPerChunk = LeaseDirectory.ChunkSize / 64;

    private const int ListedMax = (WordsPerChunk * 8 / 2) - 1;

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
        Span<byte> pair = stackalloc byte[8];
        foreach ((uint chunk, ulong[] bits) in _chunks)
        {
            int count = bits.Sum(BitOperations.PopCount);
            WriteNumber(stream, chunk - next);
            WriteNumber(stream, (uint)count);
            next = chunk + 1;
            if (count > ListedMax)
            {
                foreach (ulong word in bits)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(pair, word);
                    stream.Write(pair);
                }

                continue;
            }

            foreach (uint member in Members(bits))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(pair, (ushort)member);
                stream.Write(pair[..2]);
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
            if (!TryReadNumber(ref bytes, out uint distance) || !TryReadNumber(ref bytes, out uint count) || count is 0 or > LeaseDirectory.ChunkSize)
            {
                return false;
            }

            ulong chunk = next + distance;
            int length = count > ListedMax ? WordsPerChunk * 8 : (int)count * 2;
            if (chunk > uint.MaxValue >> LeaseDirectory.ChunkBits || bytes.Length < length)
            {
                return false;
            }

            Array.Clear(bits);
            for (int i = 0; i < length; i += count > ListedMax ? 8 : 2)
            {
                if (count > ListedMax)
                {
                    bits[i / 8] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]);
                    continue;
                }

                int member = BinaryPrimitives.ReadUInt16LittleEndian(bytes[i..]);
                if (member >= LeaseDirectory.ChunkSize)
                {
                    return false;
                }

                bits[member >> 6] |= 1UL << (member & 63);
            }

            int before = set.Count;
            set.Add((uint)chunk, bits);
            if (set.Count - before != count)
            {
                return false;
            }

            bytes = bytes[length..];
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

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out uint number)
    {
        number = 0;
        for (int shift = 0; shift < 32; shift += 7)
        {
            if (bytes.IsEmpty)
            {
                return false;
            }

            byte next = bytes[0];
            bytes = bytes[1..];
            number |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
