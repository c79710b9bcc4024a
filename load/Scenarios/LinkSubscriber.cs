using System.Diagnostics;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>A subscriber as a user would write it: a link, a watch, a mirror.</summary>
internal sealed class LinkSubscriber : IAsyncDisposable
{
    private readonly IRegistryLink _link;
    private readonly ChangeTimes _times;
    private readonly CancellationTokenSource _ends = new();
    private readonly RegistryMirror _mirror = new(); // guarded by itself
    private ulong _version;

    public LinkSubscriber(IRegistryLink link, ChangeTimes times)
    {
        _link = link;
        _times = times;
        Ended = FollowAsync();
    }

    /// <summary>The version that it has.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>Never ends while all is well; fails with what is wrong.</summary>
    public Task Ended { get; }

    /// <summary>What it holds.</summary>
    public CompactMirror Copy()
    {
        lock (_mirror)
        {
            return CompactMirror.Of(_mirror.Instances, _mirror.Version.Number);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await Ended.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _link.DisposeAsync();
        _ends.Dispose();
    }

    private async Task FollowAsync()
    {
        await foreach (RegistryUpdate update in _link.WatchAsync(InstanceFilter.All, RegistryVersion.None, _ends.Token))
        {
            long at = Stopwatch.GetTimestamp();
            lock (_mirror)
            {
                _mirror.Apply(update);
            }

            foreach (InstanceChange change in update.Changes)
            {
                _times.Seen(change.Number, at);
            }

            Volatile.Write(ref _version, update.Version.Number);
        }
    }
}
