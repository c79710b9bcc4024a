using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>All subscribers lose their connection and are back within five seconds; what changed meanwhile reaches each of them once.</summary>
internal static class ReconnectStorm
{
    private const int ChangesMissed = 100;

    private static readonly TimeSpan s_backWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_catchUpMax = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        await fleet.RegisterAllAsync();
        RegistryUpdate start = await fleet.ReadAllAsync();
        Subscriber[] subscribers = [.. Enumerable.Range(0, settings.Subscribers).Select(_ => new Subscriber(start))];
        await Task.WhenAll(subscribers.Select(subscriber => subscriber.FollowAsync(target, start.Version.Number)));

        Task<StepStats> beats = fleet.RenewAsync(s_backWithin);
        foreach (Subscriber subscriber in subscribers)
        {
            await subscriber.DropAsync();
        }

        InstanceStatus?[] overrides = await ChangeAsync(fleet);
        RegistryUpdate end = await fleet.ReadAllAsync();
        ProcessReading? before = target.Process?.Read();
        report.Add(
            await LoadRun.RunAsync(
                "connect, resume and be up to date",
                async (request, cancellation) =>
                {
                    await subscribers[request.Number].FollowAsync(target, end.Version.Number).WaitAsync(s_catchUpMax, cancellation);
                    return true;
                },
                LoadSimulation.Inject(subscribers.Length / s_backWithin.TotalSeconds, s_backWithin, 1)
            )
        );
        report.AddUse("while they came back", before, target);
        report.Add(await beats);
        fleet.Check(end, report, overrides);
        var right = CompactMirror.Of(end);
        int wrong = subscribers.Count(subscriber => !subscriber.Copy().Equals(right));
        report.Check(wrong == 0, $"{wrong} of {subscribers.Length} subscribers do not hold what the registry holds");
        int again = subscribers.Sum(subscriber => subscriber.Snapshots);
        report.Check(again == 0, $"{again} full reads were sent to subscribers who missed {ChangesMissed} changes");
        foreach (Subscriber subscriber in subscribers)
        {
            await subscriber.DisposeAsync();
        }
    }

    private static async Task<InstanceStatus?[]> ChangeAsync(LinkedFleet fleet)
    {
        InstanceStatus?[] overrides = new InstanceStatus?[fleet.Count];
        for (int i = 0; i < Math.Min(ChangesMissed, fleet.Count); i++)
        {
            (string service, string id) = fleet.Key(i);
            await fleet.Link(i).SetStatusAsync(service, id, InstanceStatus.OutOfService);
            overrides[i] = InstanceStatus.OutOfService;
        }

        return overrides;
    }

    /// <summary>A copy that outlives its links.</summary>
    private sealed class Subscriber : IAsyncDisposable
    {
        private readonly RegistryMirror _mirror = new();
        private CancellationTokenSource? _drops;
        private IRegistryLink? _link;
        private Task _following = Task.CompletedTask;

        public Subscriber(RegistryUpdate start) => _mirror.Apply(start);

        /// <summary>Full reads that it was sent after its first.</summary>
        public int Snapshots { get; private set; }

        public CompactMirror Copy() => CompactMirror.Of(_mirror.Instances, _mirror.Version.Number);

        /// <summary>Connects, resumes where it was, and returns when it has a version; follows on.</summary>
        public async Task FollowAsync(LoadTarget target, ulong version)
        {
            _link = await target.ConnectAsync();
            _drops = new CancellationTokenSource();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _following = FollowAsync(version, reached, _drops.Token);
            await await Task.WhenAny(reached.Task, _following);
        }

        /// <summary>The connection is gone.</summary>
        public async Task DropAsync()
        {
            await _drops!.CancelAsync();
            await _link!.DisposeAsync();
            await _following.ContinueWith(static _ => { }, TaskScheduler.Default);
            _drops.Dispose();
        }

        public ValueTask DisposeAsync() => new(DropAsync());

        private async Task FollowAsync(ulong version, TaskCompletionSource reached, CancellationToken cancellation)
        {
            if (_mirror.Version.Number >= version)
            {
                reached.TrySetResult();
            }

            await foreach (RegistryUpdate update in _link!.WatchAsync(InstanceFilter.All, _mirror.Version, cancellation))
            {
                Snapshots += update.Kind == UpdateKind.Snapshot ? 1 : 0;
                _mirror.Apply(update);
                if (_mirror.Version.Number >= version)
                {
                    reached.TrySetResult();
                }
            }
        }
    }
}
