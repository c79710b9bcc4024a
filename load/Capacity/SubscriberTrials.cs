using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;
using Rollcall.Load.Scenarios;

namespace Rollcall.Load.Capacity;

/// <summary>How many subscribers have each change in time.</summary>
internal sealed class SubscriberTrials : ICapacityTrials
{
    private const int Instances = 1_000;
    private const int Services = 10;
    private const double ChangesPerSecond = 20;

    private readonly ServerUnderLoad _server;
    private readonly IRegistryLink _link;
    private readonly WireFleet _fleet;
    private readonly uint[] _numbers;
    private readonly ChangeTimes _times;
    private readonly TimeSpan _during;
    private readonly Stack<MirrorSubscriber> _subscribers = new();
    private int _next;

    private SubscriberTrials(ServerUnderLoad server, IRegistryLink link, WireFleet fleet, RegistryUpdate start, TimeSpan during)
    {
        (_server, _link, _fleet, _during) = (server, link, fleet, during);
        var byId = start.Instances.ToDictionary(instance => instance.Id, instance => instance.Number);
        _numbers = [.. Enumerable.Range(0, Instances).Select(i => byId[fleet.Fleet.Id(i)])];
        _times = new ChangeTimes(1 + (int)_numbers.Max());
    }

    public static async Task<ICapacityTrials> StartAsync(TimeSpan during)
    {
        ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
        IRegistryLink link = await LoadTarget.ConnectAsync(server.AddressOf("tcp"));
        return new SubscriberTrials(server, link, fleet, await link.ReadAsync(InstanceFilter.All), during);
    }

    public async Task<Trial> TryAsync(double load)
    {
        await SetCountAsync((int)load);
        Histogram before = _times.Latency();
        StepStats changes = await LoadRun.RunAsync("change", ChangeAsync, LoadSimulation.Inject(ChangesPerSecond, _during));
        RegistryUpdate end = await _link.ReadAsync(InstanceFilter.All);
        await Deadline.UntilAsync(
            () => _subscribers.All(subscriber => subscriber.Mirror.Version >= end.Version.Number || subscriber.Ended.IsCompleted),
            () => $"all {load:N0} subscribers at version {end.Version.Number}"
        );
        CompactMirror right = CompactMirror.Of(end);
        int wrong = _subscribers.Count(subscriber => !subscriber.Mirror.Equals(right));
        Histogram latency = _times.Latency().Since(before);
        return new Trial(
            load,
            load * Math.Min(1, latency.Count / (load * changes.Ok)),
            latency.Percentile(0.99),
            changes.Failed > 0 ? $"{changes.Failed} changes failed"
                : wrong > 0 ? $"{wrong} subscribers do not hold what the registry holds"
                : null
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MirrorSubscriber subscriber in _subscribers)
        {
            subscriber.Dispose();
        }

        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task SetCountAsync(int count)
    {
        while (_subscribers.Count > count)
        {
            _subscribers.Pop().Dispose();
        }

        RegistryUpdate now = await _link.ReadAsync(InstanceFilter.All);
        CompactMirror copy = CompactMirror.Of(now);
        while (_subscribers.Count < count)
        {
            _subscribers.Push(await MirrorSubscriber.StartAsync(_server.Tcp, now.Version, copy, _times));
        }
    }

    private async ValueTask<bool> ChangeAsync(Request request, CancellationToken cancellation)
    {
        int change = _next++;
        int i = change % Instances;
        InstanceStatus status = change / Instances % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Up;
        _times.Due(_numbers[i], request.IntendedAt);
        return (await _link.SetStatusAsync(_fleet.Fleet.Service(i), _fleet.Fleet.Id(i), status, cancellation)).Error is null;
    }
}
