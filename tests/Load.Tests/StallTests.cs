using System.Net;
using System.Text;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Tests;

/// <summary>A server that stands still for a second: an open loop sees it, a closed loop hides it.</summary>
public sealed class StallTests
{
    private const int Requests = 1_000;

    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_p99_of_an_open_loop_shows_it()
    {
        StepStats stats = await RunFrozenAsync(LoadSimulation.Inject(Requests / 4.0, 4 * s_stall, jitter: 0.5));

        Assert.Equal((Requests, 0), (stats.Ok, stats.Failed));
        // A quarter of all came during the stall and waited for what was left of it.
        Assert.True(stats.Latency.Percentile(0.99) > 0.9 * s_stall, $"p99 hides the stall: {stats}");
        Assert.True(stats.Latency.Percentile(0.90) > 0.4 * s_stall, $"p90 hides the stall: {stats}");
    }

    [Fact]
    public async Task The_p99_of_a_closed_loop_does_not()
    {
        StepStats stats = await RunFrozenAsync(LoadSimulation.KeepConstant(1, TimeSpan.FromMinutes(2)));

        Assert.Equal(0, stats.Failed);
        Assert.True(stats.Latency.Max > 0.9 * s_stall, $"there was no stall: {stats}");
        // One of a thousand waited for it. A machine that is slow for once makes that two, which p99 hides as well.
        Assert.True(stats.Latency.Percentile(0.99) < 0.5 * s_stall, $"one request of many waited: {stats}");
    }

    /// <summary>Load on a server that stands still from before the first request on, for a second; a closed loop ends by number.</summary>
    private static async Task<StepStats> RunFrozenAsync(LoadSimulation simulation)
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        byte[] request = Encoding.ASCII.GetBytes("HEAD /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        var idle = new System.Collections.Concurrent.ConcurrentBag<HttpConnection>();
        using var enough = new CancellationTokenSource();
        server.Process.Freeze();
        Task<StepStats> run = LoadRun.RunAsync(
            "HEAD /health/live",
            async (which, _) =>
            {
                HttpConnection connection = idle.TryTake(out HttpConnection? free)
                    ? free
                    : await HttpConnection.ConnectAsync(IPEndPoint.Parse(server.Http.Authority));
                bool good = await connection.SendAsync(request, CancellationToken.None);
                idle.Add(connection);
                if (simulation is KeepConstant && which.Number == Requests)
                {
                    await enough.CancelAsync();
                }

                return good;
            },
            simulation,
            cancellation: enough.Token
        );
        await Task.Delay(s_stall);
        server.Process.Thaw();
        StepStats stats = await run;
        foreach (HttpConnection connection in idle)
        {
            connection.Dispose();
        }

        return stats;
    }
}
