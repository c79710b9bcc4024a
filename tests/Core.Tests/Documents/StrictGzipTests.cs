using System.IO.Compression;
using System.Text;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Documents;

/// <summary>The reader that judges our gzip is strict indeed: what other readers let pass, it does not.</summary>
public class StrictGzipTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(
        string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"line {i % 37}"))
    );

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_the_framework_packs_it_unpacks(CompressionLevel level) =>
        Assert.Equal(Text, StrictGzip.Unpack(Packed(Text, level)));

    [Fact]
    public void Random_bytes_come_back()
    {
        byte[] bytes = new byte[70_000];
        new Random(5).NextBytes(bytes);
        Assert.Equal(bytes, StrictGzip.Unpack(Packed(bytes, CompressionLevel.Optimal)));
        Assert.Empty(StrictGzip.Unpack(Packed([1], CompressionLevel.Optimal)).Skip(1));
    }

    [Fact]
    public void Several_members_in_a_row_are_refused_although_the_framework_reads_them()
    {
        byte[] two = [.. Packed(Text), .. Packed(Text)];
        using var lenient = new GZipStream(new MemoryStream(two), CompressionMode.Decompress);
        using var all = new MemoryStream();
        lenient.CopyTo(all);
        Assert.Equal(2 * Text.Length, all.Length);
        Assert.Throws<FormatException>(() => StrictGzip.Unpack(two));
    }

    [Fact]
    public void A_byte_too_many_too_few_or_changed_is_refused()
    {
        byte[] good = Packed(Text);
        Assert.Throws<FormatException>(() => StrictGzip.Unpack([.. good, 0]));
        Assert.Throws<FormatException>(() => StrictGzip.Unpack(good.AsSpan(0, good.Length - 1)));
        for (int back = 1; back <= 8; back++)
        {
            byte[] bad = [.. good];
            bad[^back] ^= 0x10;
            Assert.Throws<FormatException>(() => StrictGzip.Unpack(bad));
        }
    }

    private static byte[] Packed(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, level))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
