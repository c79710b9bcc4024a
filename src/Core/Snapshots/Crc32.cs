using System.Buffers.Binary;

namespace Rollcall.Core.Snapshots;

/// <summary>The checksum of gzip, and that of two texts joined from those of the parts.</summary>
/// <remarks>
/// <para>Cost: about 1 ns a byte; <see cref="Combine"/> about 0.2 us whatever the length.</para>
/// <para>Source: RFC 1952 section 8; joining by multiplication with a power of x modulo the polynomial, as zlib 1.2.12 does.</para>
/// </remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const uint One = 1u << 31; // x^0, bits reflected

    private static readonly uint[] s_table = MakeTable();
    private static readonly uint[] s_powers = MakePowers();

    /// <summary>Checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint[] table = s_table;
        uint crc = ~0u;
        while (bytes.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc =
                table[(7 * 256) + (low & 0xFF)]
                ^ table[(6 * 256) + ((low >> 8) & 0xFF)]
                ^ table[(5 * 256) + ((low >> 16) & 0xFF)]
                ^ table[(4 * 256) + (low >> 24)]
                ^ table[(3 * 256) + (high & 0xFF)]
                ^ table[(2 * 256) + ((high >> 8) & 0xFF)]
                ^ table[256 + ((high >> 16) & 0xFF)]
                ^ table[high >> 24];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = (crc >> 8) ^ table[(byte)(crc ^ b)];
        }

        return ~crc;
    }

    /// <summary>Checksum of two texts joined.</summary>
    /// <param name="left">Of the first.</param>
    /// <param name="right">Of the second.</param>
    /// <param name="rightLength">Bytes of the second.</param>
    public static uint Combine(uint left, uint right, long rightLength) =>
        left == 0 ? right : Multiply(PowerOfX(rightLength), left) ^ right; // nothing to shift: so for all plain pieces

    // x^(8 * bytes) modulo the polynomial.
    private static uint PowerOfX(long bytes)
    {
        uint power = One;
        for (int bit = 3; bytes != 0; bytes >>= 1, bit++)
        {
            if ((bytes & 1) != 0)
            {
                power = Multiply(s_powers[bit & 31], power);
            }
        }

        return power;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            product ^= b & (uint)((int)a >> 31);
            b = (b >> 1) ^ (Polynomial & (uint)-(int)(b & 1));
        }

        return product;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (Polynomial & (uint)-(int)(crc & 1));
            }

            table[i] = crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        }

        return table;
    }

    // x^(2^n) for n = 0..31; then they repeat.
    private static uint[] MakePowers()
    {
        var powers = new uint[32];
        powers[0] = One >> 1;
        for (int n = 1; n < powers.Length; n++)
        {
            powers[n] = Multiply(powers[n - 1], powers[n - 1]);
        }

        return powers;
    }
}
