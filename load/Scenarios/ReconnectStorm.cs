using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>
/// All clients lose their connection and are back within five seconds: every subscriber resumes, every instance renews. What changed
/// meanwhile reaches each subscriber once.
/// </summary>
internal static class ReconnectStorm
{
    private const int ChangesMissed = 100;

    private static readonly TimeSpan s_backWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_catchUpMax = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(ScenarioRun run)
    {
        await using LinkedFleet fleet = await LinkedFleet.ConnectAsync(run);
        await fleet.RegisterAllAsync();
        RegistryUpdate start = await fleet.ReadAllAsync();
        ResumingSubscriber[] subscribers = [.. Enumerable.Range(0, run.Settings.Subscribers).Select(_ => new ResumingSubscriber(start))];
        await Task.WhenAll(subscribers.Select(subscriber => subscriber.FollowAsync(run.Target, start.Version.Number)));
        foreach (ResumingSubscriber subscriber in subscribers)
        {
            await subscriber.DropAsync();
        }

        for (int i = 0; i < Math.Min(ChangesMissed, fleet.Count); i++)
        {
            await fleet.SetStatusAsync(i, InstanceStatus.OutOfService, CancellationToken.None);
        }

        RegistryUpdate end = await fleet.ReadAllAsync();
        await run.PhaseAsync(
            "all come back",
            () => Task.WhenAll(fleet.RenewAsync(s_backWithin, interval: s_backWithin), ComeBackAsync(run, subscribers, end.Version.Number)),
            s_backWithin
        );
        foreach (ResumingSubscriber subscriber in subscribers)
        {
            await subscriber.DropAsync();
        }

        fleet.Check(end);
        var right = CompactMirror.Of(end);
        int wrong = subscribers.Count(subscriber => !subscriber.Copy().Equals(right));
        run.Check(wrong == 0, $"{wrong} of {subscribers.Length} subscribers do not hold what the registry holds");
        int again = subscribers.Sum(subscriber => subscriber.Snapshots);
        run.Check(again == 0, $"{again} full reads were sent to subscribers who missed {ChangesMissed} changes");
    }

    private static Task ComeBackAsync(ScenarioRun run, ResumingSubscriber[] subscribers, ulong version) =>
        run.StepAsync(
            "connect, resume and be up to date",
            async (request, cancellation) =>
            {
                await subscribers[request.Number].FollowAsync(run.Target, version).WaitAsync(s_catchUpMax, cancellation);
                return true;
            },
            LoadSimulation.Inject(subscribers.Length / s_backWithin.TotalSeconds, s_backWithin, 1)
        );
}
