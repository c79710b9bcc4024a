using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>A set of renewals has one encoding, the shorter of two, and whatever else comes is refused.</summary>
public sealed class NumberSetTests
{
    [Fact]
    public void Numbers_that_no_instance_can_have_are_refused()
    {
        const uint Chunks = Home.NumbersMax >> 10;
        Assert.True(NumberSet.TryDecode(Encoded(Chunks - 1), out _));
        Assert.False(NumberSet.TryDecode(Encoded(Chunks), out _));

        static byte[] Encoded(uint chunk)
        {
            var set = new NumberSet();
            set.Add(chunk, [1, .. new ulong[NumberSet.WordsPerChunk - 1]]);
            return set.Encode();
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("0", "00 03 01")]
    [InlineData("1 3", "00 03 0a")]
    [InlineData("15", "00 05 00 80")]
    [InlineData("16", "00 02 10 00")]
    [InlineData("1023", "00 02 ff 03")]
    [InlineData("5 1021 1022", "00 06 05 00 fd 03 fe 03")]
    [InlineData("1024 4096", "01 03 01 02 03 01")]
    public void A_set_is_encoded_as_written_down(string members, string encoded)
    {
        uint[] numbers = [.. members.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
        Assert.Equal(encoded, Hex(SetOf(numbers).Encode()));
        Assert.True(NumberSet.TryDecode(Bytes(encoded), out NumberSet set));
        Assert.Equal(numbers, set);
        Assert.Equal(numbers.Length, set.Count);
    }

    [Fact]
    public void Any_set_comes_back_and_takes_no_more_than_either_way()
    {
        var random = new Random(1);
        for (int round = 0; round < 2_000; round++)
        {
            double share = Math.Pow(random.NextDouble(), 3);
            int places = random.Next(1, 1 << random.Next(1, 13));
            uint[] numbers = [.. Enumerable.Range(0, places).Where(_ => random.NextDouble() < share).Select(place => (uint)place)];
            byte[] encoded = SetOf(numbers).Encode();
            Assert.True(NumberSet.TryDecode(encoded, out NumberSet set));
            Assert.Equal(numbers, set);
            Assert.Equal(encoded, set.Encode());
            int[] chunks = [.. numbers.GroupBy(number => number >> 10).Select(chunk => Math.Min(chunk.Count() * 2, ((int)(chunk.Last() & 1_023) / 8) + 1))];
            Assert.InRange(encoded.Length, chunks.Sum() + (chunks.Length * 2), chunks.Sum() + (chunks.Length * 3));
        }
    }

    [Theory]
    [InlineData("a bitmap that ends with 0", "00 05 80 00")]
    [InlineData("a bitmap where a list is shorter", "00 07 00 00 80")]
    [InlineData("a list where a bitmap is as short", "00 02 0f 00")]
    [InlineData("an empty list", "00 00")]
    [InlineData("an empty bitmap", "00 01")]
    [InlineData("a list of one and a half", "00 06 00 01 00 02")]
    [InlineData("a member twice", "00 04 00 02 00 02")]
    [InlineData("members descending", "00 04 00 03 00 02")]
    [InlineData("a member beyond the chunk", "00 02 00 04")]
    [InlineData("a number that is longer than it need be", "80 00 03 01")]
    [InlineData("a number that has no end", "80 80 80 80 80 80 03 01")]
    [InlineData("a number of more than 32 bits", "ff ff ff ff 1f 03 01")]
    [InlineData("a chunk beyond the last", "80 80 80 02 03 01")]
    [InlineData("a chunk beyond the last, after another", "00 03 01 ff ff ff 01 03 01")]
    [InlineData("a distance alone", "00")]
    public void What_is_no_set_is_refused(string what, string bytes) => Assert.False(NumberSet.TryDecode(Bytes(bytes), out _), what);

    [Fact]
    public void A_bitmap_longer_than_a_chunk_is_refused()
    {
        byte[] full = SetOf(Enumerable.Range(0, 1_024).Select(number => (uint)number)).Encode();
        Assert.Equal("00 81 02", Hex(full[..3]));
        Assert.Equal(131, full.Length);
        Assert.True(NumberSet.TryDecode(full, out _));
        Assert.False(NumberSet.TryDecode([0, 0x83, 2, .. full.AsSpan(3), 1], out _));
    }

    [Fact]
    public void Bytes_of_chance_are_refused_or_are_the_encoding_of_what_they_mean()
    {
        var random = new Random(2);
        byte[] whole = SetOf(Enumerable.Range(0, 3_000).Where(_ => random.Next(9) == 0).Select(number => (uint)number)).Encode();
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            if (round % 2 == 0)
            {
                bytes = new byte[random.Next(8)];
                random.NextBytes(bytes);
            }
            else if (bytes.Length > 0)
            {
                bytes[random.Next(Math.Min(bytes.Length, 1 + random.Next(400)))] = (byte)random.Next(256);
            }

            if (NumberSet.TryDecode(bytes, out NumberSet set))
            {
                taken++;
                Assert.Equal(bytes, set.Encode());
            }
        }

        Assert.InRange(taken, 100, 19_900);
    }

    private static NumberSet SetOf(IEnumerable<uint> numbers)
    {
        var set = new NumberSet();
        foreach (IGrouping<uint, uint> chunk in numbers.GroupBy(number => number >> 10))
        {
            var bits = new ulong[NumberSet.WordsPerChunk];
            foreach (uint number in chunk)
            {
                bits[(number & 1_023) >> 6] |= 1UL << (int)(number & 63);
            }

            set.Add(chunk.Key, bits);
        }

        return set;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
