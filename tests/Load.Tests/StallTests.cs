using System.Net;
using System.Text;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Tests;

/// <summary>A server that stands still for a second: an open loop sees it, a closed loop hides it.</summary>
public sealed class StallTests
{
    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_during = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_p99_of_an_open_loop_shows_it()
    {
        StepStats stats = await RunFrozenAsync(LoadSimulation.Inject(200, s_during, jitter: 0.5));

        Assert.Equal(0, stats.Failed);
        Assert.Equal(800, stats.Ok);
        // A quarter of all came during the stall and waited for what was left of it: half of those half a second and more.
        Assert.True(stats.Latency.Percentile(0.99) > 0.9 * s_stall, $"p99 hides the stall: {stats}");
        Assert.True(stats.Latency.Percentile(0.90) > 0.4 * s_stall, $"p90 hides the stall: {stats}");
    }

    [Fact]
    public async Task The_p99_of_a_closed_loop_does_not()
    {
        StepStats stats = await RunFrozenAsync(LoadSimulation.KeepConstant(1, s_during));

        Assert.Equal(0, stats.Failed);
        Assert.True(stats.Latency.Max > 0.9 * s_stall, $"there was no stall: {stats}");
        Assert.True(stats.Latency.Percentile(0.99) < 0.5 * s_stall, $"one request of many waited: {stats}");
    }

    private static async Task<StepStats> RunFrozenAsync(LoadSimulation simulation)
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        byte[] request = Encoding.ASCII.GetBytes("HEAD /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        var idle = new System.Collections.Concurrent.ConcurrentBag<HttpConnection>();
        Task<StepStats> run = LoadRun.RunAsync(
            "HEAD /health/live",
            async (_, cancellation) =>
            {
                HttpConnection connection = idle.TryTake(out HttpConnection? free)
                    ? free
                    : await HttpConnection.ConnectAsync(IPEndPoint.Parse(server.Http.Authority));
                bool good = await connection.SendAsync(request, cancellation);
                idle.Add(connection);
                return good;
            },
            simulation
        );
        await Task.Delay(s_during / 4);
        await server.Process.FreezeAsync(s_stall);
        StepStats stats = await run;
        foreach (HttpConnection connection in idle)
        {
            connection.Dispose();
        }

        return stats;
    }
}
