namespace Rollcall.Core.Tests;

/// <summary>Durations read as people write them, and never as something else.</summary>
public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("20ms", 20)]
    [InlineData("1001ms", 1_001)]
    [InlineData("90s", 90_000)]
    [InlineData("15m", 900_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_is_shown_in_the_largest_unit_that_fits_and_reads_back(string text, int milliseconds)
    {
        TimeSpan duration = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(text, DurationText.Show(duration));
        Assert.True(DurationText.TryParse(text, out TimeSpan read));
        Assert.Equal(duration, read);
    }

    [Theory]
    [InlineData("00:01:30", 90_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("00:00:00.02", 20)]
    [InlineData("1.5h", 5_400_000)]
    public void Other_spellings_are_read(string text, int milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("90")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("1,5h")]
    [InlineData("5 s")]
    [InlineData("5x")]
    [InlineData("5sm")]
    [InlineData("99999999999999999999d")]
    [InlineData("00:99:00")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void A_fraction_of_a_millisecond_is_shown_in_full()
    {
        var duration = new TimeSpan(12_345);
        Assert.Equal("00:00:00.0012345", DurationText.Show(duration));
        Assert.True(DurationText.TryParse(DurationText.Show(duration), out TimeSpan read));
        Assert.Equal(duration, read);
    }
}
