using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Capacity;

/// <summary>How many instances one server holds, each renewing every 30 s: a server of its own for each trial.</summary>
internal sealed class InstanceTrials(TimeSpan during) : ICapacityTrials
{
    private const int Services = 5_000;
    private const int FramesPerSecond = 100;

    // Long enough for many frames; that no lease is lost is seen in the end, when all are renewed.
    private const int TrialsOfAnInterval = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    public static Task<ICapacityTrials> StartAsync(TimeSpan during) => Task.FromResult<ICapacityTrials>(new InstanceTrials(during));

    public async Task<Trial> TryAsync(double load)
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, (int)load, Services, lease: 3 * s_interval);
        Histogram latency;
        try
        {
            using var heartbeats = new HeartbeatThread(server.Tcp, fleet.Shuffled(), s_interval, FramesPerSecond);
            await Task.Delay(TrialsOfAnInterval * during);
            latency = heartbeats.TakeLatency();
        }
        catch (InvalidOperationException e)
        {
            return new Trial(load, 0, TimeSpan.MaxValue, e.Message);
        }

        using var connection = new FrameConnection(server.Tcp);
        int lost = WireFleet.Renew(connection, fleet.Handles);
        return new Trial(load, load - lost, latency.Percentile(0.99), lost == 0 ? null : $"{lost} leases were lost");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
