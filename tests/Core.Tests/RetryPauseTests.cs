namespace Rollcall.Core.Tests;

/// <summary>How long whoever tries again waits.</summary>
public sealed class RetryPauseTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 200)]
    [InlineData(5, 3_200)]
    [InlineData(6, 5_000)]
    [InlineData(int.MaxValue, 5_000)]
    public void It_doubles_up_to_the_longest(int failures, int ms) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(ms),
            RetryPause.After(failures, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5))
        );

    [Fact]
    public void However_long_the_first_is_nothing_overflows() =>
        Assert.Equal(TimeSpan.FromDays(30), RetryPause.After(30, TimeSpan.FromHours(1), TimeSpan.FromDays(30)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 1.5)]
    [InlineData(1, 2)]
    public void It_is_spread_between_half_and_all(double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2).Spread(chance));
}
