using Rollcall.Load.Driving;

namespace Rollcall.Load.Tests;

/// <summary>The histogram against its naive twin: a sorted list.</summary>
public sealed class HistogramTests
{
    private static readonly double[] s_shares = [0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1];

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(2, 1_000_000)]
    [InlineData(3, 60_000_000_000)]
    public void Its_percentiles_are_those_of_a_sorted_list_within_a_thousandth(int seed, long longest)
    {
        var random = new Random(seed);
        var histogram = new Histogram();
        var list = new List<long>();
        for (int i = 0; i < 20_000; i++)
        {
            // As latencies are: most short, some very long.
            long value = (long)Math.Pow(longest, random.NextDouble());
            list.Add(value);
            histogram.Record(value);
        }

        list.Sort();
        foreach (double share in s_shares)
        {
            long exact = list[Math.Max(1, (int)Math.Ceiling(share * list.Count)) - 1];
            double found = histogram.Percentile(share).TotalNanoseconds;
            // A TimeSpan counts in 100 ns.
            Assert.True(Math.Abs(found - exact) <= 100 + (exact / 1000.0), $"share {share}: {found} ns where {exact} ns is right");
        }

        Assert.Equal(list.Count, histogram.Count);
        Assert.InRange(histogram.Max.TotalNanoseconds, list[^1] - 100, list[^1] + 100);
    }

    [Fact]
    public void Sums_are_as_if_all_had_been_recorded_in_one()
    {
        var random = new Random(4);
        Histogram one = new(),
            two = new(),
            all = new();
        for (int i = 0; i < 5_000; i++)
        {
            long value = random.NextInt64(10_000_000);
            (i % 3 == 0 ? one : two).Record(value);
            all.Record(value);
        }

        one.Add(two);

        Assert.All(s_shares, share => Assert.Equal(all.Percentile(share), one.Percentile(share)));
        Assert.Equal((all.Count, all.Max), (one.Count, one.Max));
    }

    [Fact]
    public void Threads_that_record_at_once_lose_nothing()
    {
        var histogram = new Histogram();
        Parallel.For(0, 8, i => Parallel.For(0, 10_000, j => histogram.Record((i * 10_000) + j)));
        Assert.Equal(80_000, histogram.Count);
        Assert.InRange(histogram.Max.TotalNanoseconds, 79_900, 80_100);
    }

    [Fact]
    public void What_is_out_of_range_is_counted_at_its_ends()
    {
        var histogram = new Histogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.99));
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.InRange(histogram.Percentile(1), TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    }
}
