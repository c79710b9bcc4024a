using System.Globalization;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>Status changes, each to all subscribers, while all instances renew. In the end each holds exactly what the registry holds.</summary>
/// <remarks>
/// Most subscribers resume from one full read that they share, a few read in full themselves, and a few are shipped links with
/// shipped mirrors. Over other transports than TCP all are links.
/// </remarks>
internal static class WatchFanOut
{
    private const int FullReaders = 20;
    private const int Links = 5;
    private const double Jitter = 0.5;

    // What the server may grow by while changes come: rings that fill up, buffers of connections that were busy.
    private const double GrowthMax = 1.15;
    private const long GrowthBytesMax = 32 << 20;

    private static readonly TimeSpan s_catchUpMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_sampleEvery = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(LoadTarget target, ScenarioSettings settings, ScenarioReport report)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(target, settings);
        await fleet.RegisterAllAsync();
        using var ends = new CancellationTokenSource();
        Task<StepStats> beats = fleet.RenewAsync(TimeSpan.FromHours(1), cancellation: ends.Token);

        RegistryUpdate start = await fleet.ReadAllAsync();
        uint[] numbers = NumbersOf(fleet, start);
        var times = new ChangeTimes(1 + (int)numbers.Max());
        await using var subscribers = await SubscriberCrowd.StartAsync(target, settings, start, times);
        await subscribers.UntilAsync(start.Version.Number, s_catchUpMax);
        report.Say($"  {subscribers}, all at version {start.Version.Number}");

        ProcessReading? before = target.Process?.Read(collect: true);
        var resident = new List<long>();
        Task sampling = SampleAsync(target.Process, resident, ends.Token);
        InstanceStatus?[] overrides = new InstanceStatus?[fleet.Count];
        report.Add(await ChangeAsync(fleet, settings, numbers, overrides, times));
        RegistryUpdate end = await fleet.ReadAllAsync();
        await subscribers.UntilAsync(end.Version.Number, s_catchUpMax);
        ProcessReading? busy = target.Process?.Read();
        ProcessReading? after = target.Process?.Read(collect: true);
        await ends.CancelAsync();
        await sampling;
        report.Add(await beats);

        report.Say($"  change to subscriber: {times.Latency().Count:N0} seen; {LatencyText.Of(times.Latency())}");
        fleet.Check(end, report, overrides);
        subscribers.Check(end, report);
        if (before is not null)
        {
            report.Add("while statuses changed", new ProcessUse(before, busy!));
            CheckMemory(report, resident, before, after!);
        }
    }

    private static Task<StepStats> ChangeAsync(
        LinkedFleet fleet,
        ScenarioSettings settings,
        uint[] numbers,
        InstanceStatus?[] overrides,
        ChangeTimes times
    )
    {
        int[] order = [.. Enumerable.Range(0, fleet.Count)];
        new Random(1).Shuffle(order);
        return LoadRun.RunAsync(
            "set a status",
            async (request, cancellation) =>
            {
                int i = order[request.Number % order.Length];
                (string service, string id) = fleet.Key(i);
                InstanceStatus status = request.Number / order.Length % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Up;
                times.Due(numbers[i], request.IntendedAt);
                bool good = (await fleet.Link(i).SetStatusAsync(service, id, status, cancellation)).Error is null;
                overrides[i] = good ? status : overrides[i];
                return good;
            },
            LoadSimulation.Inject(Math.Max(1, fleet.Count * settings.ChangePercent / 100), settings.Duration, Jitter)
        );
    }

    private static uint[] NumbersOf(LinkedFleet fleet, RegistryUpdate read)
    {
        var byId = read.Instances.ToDictionary(instance => instance.Id, instance => instance.Number);
        return [.. Enumerable.Range(0, fleet.Count).Select(i => byId[fleet.Key(i).Id])];
    }

    private static async Task SampleAsync(ProgramProcess? process, List<long> resident, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_sampleEvery);
        while (process is not null && !cancellation.IsCancellationRequested)
        {
            resident.Add(process.Read().ResidentBytes);
            try
            {
                await timer.WaitForNextTickAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void CheckMemory(ScenarioReport report, List<long> resident, ProcessReading before, ProcessReading after)
    {
        report.Say($"  server memory, MB resident each second: {string.Join(' ', resident.Select(bytes => bytes >> 20))}");
        string heaps = string.Create(
            CultureInfo.InvariantCulture,
            $"held after a full collection: {before.HeapBytes / 1e6:F1} MB before the changes, {after.HeapBytes / 1e6:F1} MB after"
        );
        report.Say($"  server memory, {heaps}");
        report.Check(
            after.HeapBytes < Math.Max(before.HeapBytes * GrowthMax, before.HeapBytes + GrowthBytesMax),
            $"the server's memory is not flat; {heaps}"
        );
    }

    /// <summary>All subscribers.</summary>
    private sealed class SubscriberCrowd : IAsyncDisposable
    {
        private readonly List<MirrorSubscriber> _resumed = [];
        private readonly List<MirrorSubscriber> _full = [];
        private readonly List<LinkSubscriber> _links = [];

        public static async Task<SubscriberCrowd> StartAsync(
            LoadTarget target,
            ScenarioSettings settings,
            RegistryUpdate start,
            ChangeTimes times
        )
        {
            var crowd = new SubscriberCrowd();
            bool isTcp = settings.Transport == "tcp";
            int links = isTcp ? Math.Min(Links, settings.Subscribers) : settings.Subscribers;
            int full = isTcp ? Math.Min(FullReaders, settings.Subscribers - links) : 0;
            CompactMirror copy = CompactMirror.Of(start);
            CompactMirror empty = CompactMirror.Of([], 0);
            for (int i = 0; i < settings.Subscribers - links - full; i++)
            {
                crowd._resumed.Add(await MirrorSubscriber.StartAsync(target.Tcp, start.Version, copy, times));
            }

            for (int i = 0; i < full; i++)
            {
                crowd._full.Add(await MirrorSubscriber.StartAsync(target.Tcp, RegistryVersion.None, empty, times));
            }

            for (int i = 0; i < links; i++)
            {
                crowd._links.Add(new LinkSubscriber(await target.ConnectAsync(), times));
            }

            return crowd;
        }

        /// <summary>Waits until all have a version.</summary>
        public async Task UntilAsync(ulong version, TimeSpan within)
        {
            await Deadline.UntilAsync(
                () => Versions().All(v => v >= version) || Ended().Any(task => task.IsCompleted),
                () => $"all subscribers at version {version}; {Versions().Count(v => v < version)} are not, the last at {Versions().Min()}",
                within
            );
            foreach (Task ended in Ended().Where(task => task.IsCompleted))
            {
                await ended;
            }
        }

        /// <summary>Looks whether each holds exactly what the server holds.</summary>
        public void Check(RegistryUpdate held, ScenarioReport report)
        {
            CompactMirror right = CompactMirror.Of(held);
            MirrorSubscriber[] wrong = [.. _resumed.Concat(_full).Where(subscriber => !subscriber.Mirror.Equals(right))];
            report.Check(
                wrong.Length == 0,
                $"{wrong.Length} of {_resumed.Count + _full.Count} subscribers do not hold what the registry holds; "
                    + $"the first differs in {wrong.FirstOrDefault()?.Mirror.DifferencesFrom(right)} instances"
            );
            int wrongLinks = _links.Count(link => !link.Copy().Equals(right));
            report.Check(wrongLinks == 0, $"{wrongLinks} of {_links.Count} links do not hold what the registry holds");
            int again = _resumed.Sum(subscriber => subscriber.Snapshots);
            report.Say($"  all compared at version {held.Version.Number}; {again} subscribers fell so far behind that they were read to in full");
        }

        public async ValueTask DisposeAsync()
        {
            _resumed.ForEach(subscriber => subscriber.Dispose());
            _full.ForEach(subscriber => subscriber.Dispose());
            foreach (LinkSubscriber link in _links)
            {
                await link.DisposeAsync();
            }
        }

        public override string ToString() =>
            $"{_resumed.Count} subscribers resumed from one read, {_full.Count} read in full, {_links.Count} are links with mirrors";

        private IEnumerable<ulong> Versions() =>
            [.. _resumed.Concat(_full).Select(subscriber => subscriber.Mirror.Version), .. _links.Select(link => link.Version)];

        private IEnumerable<Task> Ended() =>
            [.. _resumed.Concat(_full).Select(subscriber => subscriber.Ended), .. _links.Select(link => link.Ended)];
    }
}
