using Rollcall.Load.Driving;

namespace Rollcall.Load.Tests;

/// <summary>What a run counts.</summary>
public sealed class LoadRunTests
{
    [Fact]
    public async Task An_open_loop_starts_all_that_is_due_whether_answered_or_not()
    {
        var answer = new TaskCompletionSource<bool>();
        int started = 0;
        StepStats stats = await LoadRun.RunAsync(
            "waits for the last",
            (i, _) =>
            {
                if (Interlocked.Increment(ref started) == 50)
                {
                    answer.SetResult(true);
                }

                return new ValueTask<bool>(answer.Task);
            },
            LoadSimulation.Inject(100, TimeSpan.FromSeconds(0.5))
        );

        Assert.Equal((50, 50, 0), (started, stats.Ok, stats.Failed));
        Assert.Equal(100, stats.Offered);
        // The first waited for the last, 490 ms later.
        Assert.InRange(stats.Latency.Max.TotalMilliseconds, 489, 60_000);
        Assert.InRange(stats.Latency.Percentile(0.5).TotalMilliseconds, 240, 60_000);
    }

    [Fact]
    public async Task A_closed_loop_has_as_many_under_way_as_it_has_copies()
    {
        int underWay = 0;
        int most = 0;
        StepStats stats = await LoadRun.RunAsync(
            "counts itself",
            async (_, _) =>
            {
                int now = Interlocked.Increment(ref underWay);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref underWay);
                return true;
            },
            LoadSimulation.KeepConstant(3, TimeSpan.FromMilliseconds(200))
        );

        Assert.InRange(most, 1, 3);
        Assert.Equal((stats.Latency.Count, 0), (stats.Ok, stats.Failed));
        Assert.True(stats.Ok >= 3, $"only {stats.Ok} by three copies");
    }

    [Fact]
    public async Task What_fails_is_counted_and_named_and_has_no_latency()
    {
        StepStats stats = await LoadRun.RunAsync(
            "fails in two ways",
            (request, _) =>
                (request.Number % 4) switch
                {
                    0 => throw new InvalidOperationException("the line is down"),
                    1 => ValueTask.FromResult(false),
                    _ => ValueTask.FromResult(true),
                },
            LoadSimulation.Inject(1_000, TimeSpan.FromSeconds(0.1))
        );

        Assert.Equal((50, 50, 50), (stats.Ok, stats.Failed, stats.Latency.Count));
        Assert.Contains(stats.Errors, error => error.Contains("25 x InvalidOperationException: the line is down"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
