using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;

namespace Rollcall.Load.Scenarios;

/// <summary>A subscriber whose copy outlives its links: it comes back and says where it was.</summary>
/// <remarks>Owner: one caller at a time.</remarks>
internal sealed class ResumingSubscriber : IAsyncDisposable
{
    private readonly RegistryMirror _mirror = new();
    private CancellationTokenSource? _drops;
    private IRegistryLink? _link;
    private Task _following = Task.CompletedTask;

    /// <param name="start">What it holds at first.</param>
    public ResumingSubscriber(RegistryUpdate start) => _mirror.Apply(start);

    /// <summary>Full reads that it was sent after its first.</summary>
    public int Snapshots { get; private set; }

    /// <summary>What it holds; to be asked for when it is dropped.</summary>
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
        if (_drops is null)
        {
            return;
        }

        await _drops.CancelAsync();
        await _link!.DisposeAsync();
        await _following.ContinueWith(static _ => { }, TaskScheduler.Default);
        _drops.Dispose();
        _drops = null;
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
