using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.Tests.Server;

public sealed class QueryTests
{
    [Theory]
    [InlineData("value=UP", "UP")]
    [InlineData("a=b&value=UP&c", "UP")]
    [InlineData("value=UP&value=DOWN", "UP")]
    [InlineData("value=", "")]
    [InlineData("value", "")]
    [InlineData("value=a=b", "a=b")]
    [InlineData("Value=UP", null)]
    [InlineData("xvalue=UP", null)]
    [InlineData("", null)]
    public void The_first_value_of_a_key_counts(string query, string? expected) =>
        Assert.Equal(expected, Query.TryGet(query, "value", out ReadOnlySpan<char> value) ? value.ToString() : null);

    [Theory]
    [InlineData("n=5", true, 5L)]
    [InlineData("n=-5", true, -5L)]
    [InlineData("n=9223372036854775807", true, long.MaxValue)]
    [InlineData("m=5", true, null)]
    [InlineData("n=9223372036854775808", false, null)]
    [InlineData("n=", false, null)]
    [InlineData("n", false, null)]
    [InlineData("n=5x", false, null)]
    [InlineData("n=%35", false, null)]
    [InlineData("n= 5", false, null)]
    [InlineData("n=1e3", false, null)]
    public void A_number_is_a_number_or_absent(string query, bool good, long? expected)
    {
        Assert.Equal(good, Query.TryGetNumber(query, "n", out long? number));
        Assert.Equal(expected, number);
    }

    [Fact]
    public void Pairs_are_decoded_in_order_and_the_first_of_a_key_stays()
    {
        Assert.True(Query.TryGetPairs("b=1&&a=2+3&b=4&%C3%A4=%26&flag&=x", out List<KeyValuePair<string, string>>? pairs, out _));
        Assert.Equal(["b:1", "a:2 3", "ä:&", "flag:", ":x"], pairs.Select(p => $"{p.Key}:{p.Value}"));
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("%00=a")]
    [InlineData("a=%FF")]
    public void Pairs_that_cannot_be_decoded_are_refused_with_a_reason(string query)
    {
        Assert.False(Query.TryGetPairs(query, out _, out string? problem));
        Assert.NotEmpty(problem);
    }
}
