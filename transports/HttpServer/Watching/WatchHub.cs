using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rollcall.Core;

namespace Rollcall.Transports.HttpServer.Watching;

/// <summary>Who watches over HTTP: wakes those that wait when a version is published, and knows each by its subscription.</summary>
/// <remarks>
/// <para>Cost: a publication queues at most one work item, however many follow before it runs; O(watchers) to wake them, off the writer's thread.</para>
/// <para>Threads: any.</para>
/// </remarks>
internal sealed class WatchHub : IThreadPoolWorkItem, IDisposable
{
    private readonly ConcurrentDictionary<string, Watcher> _watchers = new(StringComparer.Ordinal);
    private readonly RegistryService _registry;
    private readonly int _watchersMax;
    private int _count;
    private int _scheduled;
    private volatile bool _stopping;

    public WatchHub(RegistryService registry, int watchersMax)
    {
        _registry = registry;
        _watchersMax = watchersMax;
        registry.Published += OnPublished;
    }

    /// <summary>True once watches are to end.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Takes a watcher in, under a name that cannot be guessed; false if there are as many as may be, or no more are taken.</summary>
    public bool TryAdd(Watcher watcher)
    {
        if (_stopping || Interlocked.Increment(ref _count) > _watchersMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _watchers[watcher.Name] = watcher;
        return true;
    }

    public void Remove(Watcher watcher)
    {
        if (_watchers.TryRemove(watcher.Name, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public Watcher? Find(string name) => _watchers.GetValueOrDefault(name);

    /// <summary>Ends all watches: an answer under way would hold up the server's stop.</summary>
    public void Stop()
    {
        _stopping = true;
        WakeAll();
    }

    public void Dispose() => _registry.Published -= OnPublished;

    void IThreadPoolWorkItem.Execute()
    {
        // Before the look at the watchers: what is published from here on schedules again.
        Interlocked.Exchange(ref _scheduled, 0);
        WakeAll();
    }

    public static string NewName() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private void OnPublished()
    {
        if (Volatile.Read(ref _count) > 0 && Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void WakeAll()
    {
        foreach (KeyValuePair<string, Watcher> watcher in _watchers)
        {
            watcher.Value.Wake();
        }
    }
}
