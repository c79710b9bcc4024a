using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>Subscribers to everything, each of which must end with exactly what the registry holds.</summary>
/// <remarks>
/// Most subscribers resume from one full read that they share, a few read in full themselves, and a few are shipped links with
/// shipped mirrors. Over other transports than TCP all are links.
/// </remarks>
internal sealed class SubscriberCrowd : IAsyncDisposable
{
    private const int FullReaders = 20;
    private const int Links = 5;

    private static readonly TimeSpan s_catchUpMax = TimeSpan.FromSeconds(60);

    private readonly List<MirrorSubscriber> _resumed = [];
    private readonly List<MirrorSubscriber> _full = [];
    private readonly List<LinkSubscriber> _links = [];

    private SubscriberCrowd() { }

    /// <summary>The version that the first of those who are ahead has.</summary>
    public ulong Version => Versions().Max();

    /// <summary>Connects all; returns when each has what <paramref name="start"/> holds.</summary>
    public static async Task<SubscriberCrowd> StartAsync(ScenarioRun run, RegistryUpdate start, ChangeTimes times)
    {
        var crowd = new SubscriberCrowd();
        try
        {
            await crowd.ConnectAsync(run, start, times);
            await crowd.UntilAsync(start.Version.Number);
        }
        catch
        {
            await crowd.DisposeAsync();
            throw;
        }

        run.Say(
            $"{crowd._resumed.Count} subscribers resumed from one read, {crowd._full.Count} read in full, "
                + $"{crowd._links.Count} are links with mirrors, all at version {start.Version.Number}"
        );
        return crowd;
    }

    /// <summary>Waits until all have a version.</summary>
    public async Task UntilAsync(ulong version)
    {
        await Deadline.UntilAsync(
            () => Versions().All(v => v >= version) || Ended().Any(task => task.IsCompleted),
            () => $"all subscribers at version {version}; {Versions().Count(v => v < version)} are not, the last at {Versions().Min()}",
            s_catchUpMax
        );
        foreach (Task ended in Ended().Where(task => task.IsCompleted))
        {
            await ended;
        }
    }

    /// <summary>Looks whether each holds exactly what the server holds.</summary>
    public void Check(RegistryUpdate held, ScenarioRun run)
    {
        CompactMirror right = CompactMirror.Of(held);
        MirrorSubscriber[] wrong = [.. _resumed.Concat(_full).Where(subscriber => !subscriber.Mirror.Equals(right))];
        run.Check(
            wrong.Length == 0,
            $"{wrong.Length} of {_resumed.Count + _full.Count} subscribers do not hold what the registry holds; "
                + $"the first differs in {wrong.FirstOrDefault()?.Mirror.DifferencesFrom(right)} instances"
        );
        int wrongLinks = _links.Count(link => !link.Copy().Equals(right));
        run.Check(wrongLinks == 0, $"{wrongLinks} of {_links.Count} links do not hold what the registry holds");
        int again = _resumed.Sum(subscriber => subscriber.Snapshots);
        run.Say($"all compared at version {held.Version.Number}; {again} subscribers fell so far behind that they were read to in full");
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

    private async Task ConnectAsync(ScenarioRun run, RegistryUpdate start, ChangeTimes times)
    {
        int subscribers = run.Settings.Subscribers;
        bool isTcp = run.Settings.Transport == "tcp";
        int links = isTcp ? Math.Min(Links, subscribers) : subscribers;
        int full = isTcp ? Math.Min(FullReaders, subscribers - links) : 0;
        CompactMirror copy = CompactMirror.Of(start);
        CompactMirror empty = CompactMirror.Of([], 0);
        for (int i = 0; i < subscribers - links - full; i++)
        {
            _resumed.Add(await MirrorSubscriber.StartAsync(run.Target.Tcp, start.Version, copy, times));
        }

        for (int i = 0; i < full; i++)
        {
            _full.Add(await MirrorSubscriber.StartAsync(run.Target.Tcp, RegistryVersion.None, empty, times));
        }

        for (int i = 0; i < links; i++)
        {
            _links.Add(new LinkSubscriber(await run.Target.ConnectAsync(), times));
        }
    }

    private IEnumerable<ulong> Versions() =>
        [.. _resumed.Concat(_full).Select(subscriber => subscriber.Mirror.Version), .. _links.Select(link => link.Version)];

    private IEnumerable<Task> Ended() =>
        [.. _resumed.Concat(_full).Select(subscriber => subscriber.Ended), .. _links.Select(link => link.Ended)];
}
