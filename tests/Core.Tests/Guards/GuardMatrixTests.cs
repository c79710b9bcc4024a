using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Guards;

/// <summary>The decision of the guard over population, share lost and interval: each lease counted at its own interval.</summary>
public class GuardMatrixTests(ITestOutputHelper output)
{
    private static readonly int[] Populations = [1, 2, 5, 9, 10, 11, 20, 100, 400];
    private static readonly int[] LostPercents = [0, 5, 10, 15, 16, 30, 60, 100];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(300)]
    public void Holds_if_more_than_the_threshold_of_enough_leases_fall_silent_and_else_lets_go(int intervalSeconds)
    {
        TimeSpan interval = TimeSpan.FromSeconds(intervalSeconds);
        foreach (int population in Populations)
        {
            string row = "";
            foreach (int lost in LostPercents.Select(percent => population * percent / 100).Distinct())
            {
                bool expected = population >= 10 && lost > 0.15 * population;
                Judge(population, lost, interval, expected);
                row += $" {lost}:{(expected ? "held" : "gone")}";
            }

            output.WriteLine($"{population} leases at {intervalSeconds} s, lost →{row}");
        }
    }

    private static void Judge(int population, int lost, TimeSpan interval, bool expected)
    {
        string about = $"{population} leases at {interval}, {lost} fall silent";
        Fleet fleet = new Fleet().Join("orders", population, interval);
        fleet.Pass(interval * 2);
        Assert.False(fleet.Guard.Engaged, $"{about}: engaged while all is well: {fleet.Guard.Summary}");
        fleet.Silence("orders", lost);

        // All leases of the silent are over by then, and the longest hold is far.
        fleet.Pass((interval * 3) + SteppedRegistry.Step);
        Assert.True(expected == fleet.Guard.Engaged, $"{about}: {fleet.Guard.Summary}");
        Assert.True(fleet.SilentThere() == (expected ? lost : 0), $"{about}: {fleet.SilentThere()} of them are there");
        Assert.Equal(population - (expected ? 0 : lost), fleet.Count);
    }
}
