using System.Threading.Channels;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>All at once, as on a working day: heartbeats, a rolling deployment, status changes, reads of each kind, subscribers who stay and such who come and go.</summary>
internal static class ProductionMix
{
    private const double ReconnectsPerSecond = 2;
    private const int OfThemReconnect = 10;

    private static readonly ReadRates s_rates = new(FullPerSecond: 0.5, DeltaPerSecond: 10, ServicePerSecond: 50);
    private static readonly TimeSpan s_catchUpMax = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        await using Reader reader = await Reader.ConnectAsync(run, fleet);
        RegistryUpdate start = await fleet.ReadAllAsync();
        uint[] numbers = fleet.NumbersIn(start);
        var times = new ChangeTimes(1 + (int)numbers.Max());
        await using SubscriberCrowd stay = await SubscriberCrowd.StartAsync(run, start, times);
        ResumingSubscriber[] come =
        [
            .. Enumerable.Range(0, Math.Max(1, run.Settings.Subscribers / OfThemReconnect)).Select(_ => new ResumingSubscriber(start)),
        ];

        // One half is deployed, the other changes its status.
        int deployed = (fleet.Count + 1) / 2;
        var changes = new StatusChanges(fleet, deployed) { Times = times, Numbers = numbers };
        RegistryUpdate end = start;
        using (run.Watch(times.Live))
        {
            await run.PhaseAsync(
                "all at once",
                async () =>
                {
                    await Task.WhenAll(
                        fleet.RenewAsync(run.Settings.Duration),
                        RollingDeploy.ReplaceAsync(run, fleet, deployed),
                        changes.RunAsync(run, Math.Max(1, fleet.Count * run.Settings.ChangePercent / 100)),
                        reader.RunAsync(s_rates),
                        ComeAndGoAsync(run, stay, come)
                    );
                    end = await fleet.ReadAllAsync();
                    await stay.UntilAsync(end.Version.Number);
                },
                run.Settings.Duration
            );
        }

        run.AddLatency(times.Live.Name, times.Latency(), run.Settings.Duration);
        fleet.Check(end);
        stay.Check(end, run);
        await CheckAsync(run, come, end);
    }

    // Each is away until its turn comes again, and is then read to from where it was.
    private static Task ComeAndGoAsync(ScenarioRun run, SubscriberCrowd stay, ResumingSubscriber[] come)
    {
        var away = Channel.CreateUnbounded<ResumingSubscriber>();
        Array.ForEach(come, subscriber => away.Writer.TryWrite(subscriber));
        return run.StepAsync(
            "connect, resume and be up to date",
            async (_, cancellation) =>
            {
                ResumingSubscriber subscriber = await away.Reader.ReadAsync(cancellation);
                await subscriber.DropAsync();
                await subscriber.FollowAsync(run.Target, stay.Version).WaitAsync(s_catchUpMax, cancellation);
                away.Writer.TryWrite(subscriber);
                return true;
            },
            LoadSimulation.InjectPoisson(ReconnectsPerSecond, run.Settings.Duration)
        );
    }

    private static async Task CheckAsync(ScenarioRun run, ResumingSubscriber[] come, RegistryUpdate end)
    {
        var right = CompactMirror.Of(end);
        int wrong = 0;
        foreach (ResumingSubscriber subscriber in come)
        {
            await subscriber.DropAsync();
            await subscriber.FollowAsync(run.Target, end.Version.Number).WaitAsync(s_catchUpMax);
            await subscriber.DropAsync();
            wrong += subscriber.Copy().Equals(right) ? 0 : 1;
        }

        run.Check(wrong == 0, $"{wrong} of {come.Length} subscribers who came and went do not hold what the registry holds");
    }
}
