using System.Runtime.CompilerServices;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Linking;

namespace Rollcall.Transports.Http.Polling;

/// <summary>A watch over a protocol that pushes nothing: asks again and again, and tells what is news.</summary>
/// <remarks>Owner: one caller.</remarks>
internal sealed class EurekaWatch(EurekaReads reads, LinkLife life, InstanceFilter filter, EurekaLinkOptions options)
{
    // Half of it is the most by which two clients that were started together keep apart after one poll.
    private const double Jitter = 0.2;

    private readonly EurekaCopy _copy = new();

    /// <summary>A snapshot, then an update for each poll.</summary>
    public async IAsyncEnumerable<RegistryUpdate> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await ReadInFullAsync(cancellation).ConfigureAwait(false);
        RegistryUpdate told = _copy.Snapshot();
        while (true)
        {
            yield return told;
            await PollAsync(cancellation).ConfigureAwait(false);
            told = _copy.Since(told.Version) ?? _copy.Snapshot();
        }
    }

    // A server that does not serve is asked more rarely, and not for ever.
    private async Task PollAsync(CancellationToken cancellation)
    {
        TimeSpan wait = options.PollInterval;
        for (int failures = 0; ;)
        {
            await WaitAsync(wait, cancellation).ConfigureAwait(false);
            try
            {
                await CatchUpAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (LinkException e) when (e.Failure == LinkFailure.Unavailable && ++failures < options.PollFailuresMax)
            {
                wait *= 2;
            }
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        if (filter.Kind != FilterKind.All || !await reads.CatchUpAsync(_copy, cancellation).ConfigureAwait(false))
        {
            await ReadInFullAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task ReadInFullAsync(CancellationToken cancellation) =>
        _copy.Replace(
            filter.Kind == FilterKind.All
                ? await reads.AllAsync(cancellation).ConfigureAwait(false)
                : await reads.PartAsync(filter, cancellation).ConfigureAwait(false)
        );

    private async Task WaitAsync(TimeSpan interval, CancellationToken cancellation)
    {
        TimeSpan spread = interval * (1 - (Jitter / 2) + (Jitter * Random.Shared.NextDouble()));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task pause = Task.Delay(spread, options.Time, over.Token);
        await Task.WhenAny(pause, life.Closed).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        await life.ThrowIfBrokenAsync().ConfigureAwait(false);
    }
}
