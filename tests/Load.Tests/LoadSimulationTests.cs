using Rollcall.Load.Driving;

namespace Rollcall.Load.Tests;

/// <summary>Schedules come as often as they say, in order.</summary>
public sealed class LoadSimulationTests
{
    private static readonly TimeSpan s_during = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_steady_rate_has_equal_gaps()
    {
        TimeSpan[] arrivals = Arrivals(LoadSimulation.Inject(500, s_during));
        Assert.Equal(10_000, arrivals.Length);
        Assert.All(Gaps(arrivals), gap => Assert.InRange(gap.TotalMilliseconds, 1.999, 2.001));
    }

    [Fact]
    public void Jitter_moves_each_by_less_than_the_gap()
    {
        TimeSpan[] arrivals = Arrivals(LoadSimulation.Inject(500, s_during, jitter: 0.5));
        Assert.Equal(10_000, arrivals.Length);
        Assert.All(arrivals.Index(), a => Assert.InRange(a.Item.TotalMilliseconds, (2 * a.Index) - 0.001, (2 * a.Index) + 1.001));
        Assert.True(arrivals.Index().Average(a => a.Item.TotalMilliseconds - (2 * a.Index)) is > 0.4 and < 0.6, "jitter is not even");
    }

    [Fact]
    public void Poisson_has_gaps_whose_deviation_is_their_mean()
    {
        TimeSpan[] arrivals = Arrivals(LoadSimulation.InjectPoisson(500, s_during));
        Assert.InRange(arrivals.Length, 9_600, 10_400); // four deviations of the square root of 10,000
        double[] gaps = [.. Gaps(arrivals).Select(gap => gap.TotalMilliseconds)];
        double mean = gaps.Average();
        double deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.InRange(deviation / mean, 0.9, 1.1);
    }

    [Theory]
    [InlineData(100, 900)]
    [InlineData(900, 100)]
    [InlineData(0, 1000)]
    [InlineData(500, 500)]
    public void A_ramp_grows_or_shrinks_evenly(double from, double to)
    {
        TimeSpan[] arrivals = Arrivals(LoadSimulation.RampingInject(from, to, s_during));
        Assert.Equal(10_000, arrivals.Length);
        for (int second = 0; second < 20; second++)
        {
            double expected = from + ((to - from) * (second + 0.5) / 20);
            int came = arrivals.Count(arrival => (int)arrival.TotalSeconds == second);
            Assert.InRange(came, expected - 2, expected + 2);
        }
    }

    private static TimeSpan[] Arrivals(OpenSimulation simulation)
    {
        TimeSpan[] arrivals = [.. simulation.Arrivals(new Random(1))];
        Assert.All(Gaps(arrivals), gap => Assert.True(gap >= TimeSpan.Zero, "arrivals are out of order"));
        Assert.All(arrivals, arrival => Assert.InRange(arrival, TimeSpan.Zero, s_during));
        return arrivals;
    }

    private static IEnumerable<TimeSpan> Gaps(TimeSpan[] arrivals) => arrivals.Zip(arrivals.Skip(1), (a, b) => b - a);
}
