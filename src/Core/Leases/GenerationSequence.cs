using Rollcall.Core.Stripes;

namespace Rollcall.Core.Leases;

/// <summary>The generations of a slot: a keyed walk through all 2^28 values, so that neither an old one comes back nor a next one can be guessed.</summary>
/// <remarks>
/// <para>Shape: a counter seen through a keyed permutation; the next value is found from the last alone, nothing is stored.</para>
/// <para>Cost: 8 short keyed hashes, at registration of a new instance only.</para>
/// <para>Source: Luby and Rackoff 1988 (four rounds of a Feistel network over a keyed function).</para>
/// </remarks>
internal sealed class GenerationSequence(KeyHash hash)
{
    private const int HalfBits = LeaseWord.GenerationBits / 2;
    private const uint HalfMask = (1u << HalfBits) - 1;
    private const int Rounds = 4;

    /// <summary>The first generation of the slot with <paramref name="index"/>.</summary>
    public uint First(uint index) => NotZero((uint)hash.OfNumber(index) & LeaseWord.GenerationMask);

    /// <summary>The generation after <paramref name="generation"/>.</summary>
    public uint Next(uint generation) => NotZero((Decipher(generation) + 1) & LeaseWord.GenerationMask);

    // Generation 0 at index 0 would be the handle 0, which is no handle.
    private uint NotZero(uint counter)
    {
        uint generation = Encipher(counter);
        return generation != 0 ? generation : Encipher((counter + 1) & LeaseWord.GenerationMask);
    }

    private uint Encipher(uint value)
    {
        (uint left, uint right) = (value >> HalfBits, value & HalfMask);
        for (uint round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ Round(round, right));
        }

        return (left << HalfBits) | right;
    }

    private uint Decipher(uint value)
    {
        (uint left, uint right) = (value >> HalfBits, value & HalfMask);
        for (uint round = Rounds; round-- > 0;)
        {
            (left, right) = (right ^ Round(round, left), left);
        }

        return (left << HalfBits) | right;
    }

    private uint Round(uint round, uint half) => (uint)hash.OfNumber(((ulong)(round + 1) << 32) | half) & HalfMask;
}
