using System.IO.Compression;
using System.Text;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Transports.Tests.Server;

/// <summary>Codings of bodies (class 3): bombs, nests, cuts, trailing bytes, wrong names.</summary>
public sealed class HostileBodyTests : HostileTests
{
    private static readonly byte[] s_plain = Encoding.UTF8.GetBytes(Registration);

    public static TheoryData<string> Codings => ["gzip", "x-gzip", "GZIP", "deflate", "identity"];

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_coded_registration_is_as_good_as_any(string coding)
    {
        Assert.Equal(204, Ask(coding, Code(coding, s_plain)).Status);
        Assert.NotNull(Server.Find("ORDERS", "new"));
    }

    [Fact]
    public void Deflate_without_its_wrapping_is_taken_as_many_send_it()
    {
        Assert.Equal(204, Ask("deflate", Compress(s => new DeflateStream(s, CompressionLevel.Fastest), s_plain)).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void A_bomb_is_refused_before_it_is_inflated(string coding)
    {
        byte[] bomb = Code(coding, new byte[90_000_000]);
        Assert.InRange(bomb.Length, 1, 1_000_000);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        AssertCodedRefused(coding, bomb, 413);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000_000);
    }

    [Fact]
    public void A_bomb_in_a_bomb_is_garbage_after_one_inflation() =>
        AssertCodedRefused("gzip", Code("gzip", Code("gzip", s_plain)), 400);

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("gzip,deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("chunked")]
    [InlineData("gzip;q=1")]
    public void A_coding_that_is_not_known(string coding) => AssertCodedRefused(coding, Code("gzip", s_plain), 415);

    [Fact]
    public void Two_coding_headers_are_two_codings() =>
        AssertRefused(
            "POST",
            "/eureka/apps/ORDERS",
            "Content-Encoding: gzip\nContent-Encoding: gzip",
            Code("gzip", s_plain),
            415
        );

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void A_body_that_is_not_coded_as_it_says(string coding)
    {
        AssertCodedRefused(coding, s_plain, 400);
        AssertCodedRefused(coding, [0], 400);
    }

    [Fact]
    public void A_coded_body_that_says_nothing_of_it_is_in_no_format() =>
        AssertRefused("POST", "/eureka/apps/ORDERS", "", Code("gzip", s_plain), 415);

    [Fact]
    public void A_gzip_stream_cut_anywhere_is_refused()
    {
        byte[] whole = Code("gzip", s_plain);
        for (int length = 1; length < whole.Length; length += 1 + (whole.Length / 40))
        {
            AssertCodedRefused("gzip", whole[..length], 400);
        }
    }

    [Fact]
    public void A_deflate_stream_cut_before_its_data_ends_is_refused()
    {
        byte[] whole = Code("deflate", s_plain);
        for (int length = 1; length < whole.Length - 8; length += 1 + (whole.Length / 40))
        {
            AssertCodedRefused("deflate", whole[..length], 400);
        }
    }

    [Fact]
    public void A_gzip_stream_with_garbage_behind_it_is_refused() =>
        AssertCodedRefused("gzip", [.. Code("gzip", s_plain), 1, 2, 3, 4], 400);

    [Fact]
    public void A_gzip_stream_with_a_flipped_bit_is_refused()
    {
        byte[] whole = Code("gzip", s_plain);
        for (int at = 10; at < whole.Length; at += 1 + (whole.Length / 40))
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            AssertCodedRefused("gzip", flipped, 400, 413);
        }
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("application/jsonx", 415)]
    [InlineData("json", 415)]
    [InlineData(";", 415)]
    [InlineData("application/xml", 400)]
    public void A_type_that_is_not_what_the_body_is(string type, int status) =>
        AssertRefused("POST", "/eureka/apps/ORDERS", $"Content-Type: {type}", s_plain, status);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("Application/JSON ; charset=utf-8")]
    [InlineData("text/json")]
    [InlineData("application/vnd.eureka+json")]
    public void A_type_that_means_JSON(string type) =>
        Assert.Equal(204, Server.Ask("POST", "/eureka/apps/ORDERS", $"Content-Type: {type}", Registration).Status);

    protected override Task<HttpFixture> StartAsync() =>
        HttpFixture.StartAsync(new HttpServerOptions { BodyBytesMax = 1_000_000 });

    private static byte[] Code(string coding, byte[] plain) =>
        coding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => Compress(s => new GZipStream(s, CompressionLevel.Fastest), plain),
            "DEFLATE" => Compress(s => new ZLibStream(s, CompressionLevel.Fastest), plain),
            _ => plain,
        };

    private static byte[] Compress(Func<Stream, Stream> over, byte[] plain)
    {
        using var output = new MemoryStream();
        using (Stream compressor = over(output))
        {
            compressor.Write(plain);
        }

        return output.ToArray();
    }

    private RawAnswer Ask(string coding, byte[] body) =>
        Server.Ask("POST", "/eureka/apps/ORDERS", $"Content-Encoding: {coding}", body);

    private void AssertCodedRefused(string coding, byte[] body, params int[] statuses) =>
        AssertRefused(
            "POST",
            "/eureka/apps/ORDERS",
            $"Content-Type: application/json\nContent-Encoding: {coding}",
            body,
            statuses
        );
}
