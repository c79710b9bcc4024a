using Rollcall.Core;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>The sessions that have watches, and the pump that wakes them when a version is published.</summary>
/// <remarks>
/// <para>Threads: any, all at once.</para>
/// <para>
/// I1: a session in the list when a version is published is woken after it. Who is added looks for itself; who is moved within the
/// list, because another was removed, is woken by whoever moves it, as the pump may have passed its new place.
/// </para>
/// <para>Cost: 0 bytes a publication; publications while the pump runs cost one more round together.</para>
/// </remarks>
internal sealed class WatcherList : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private WireSession?[] _sessions = new WireSession?[16]; // written under _gate; read without
    private int _count; // written under _gate; read without
    private int _published; // 1: since the pump last looked

    /// <summary>How many.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>For <see cref="RegistryService.Published"/>: returns at once.</summary>
    public void OnPublished()
    {
        if (Count > 0 && Interlocked.Exchange(ref _published, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Adds a session that is not there.</summary>
    public void Add(WireSession session)
    {
        lock (_gate)
        {
            if (_count == _sessions.Length)
            {
                WireSession?[] larger = new WireSession?[_count * 2];
                _sessions.CopyTo(larger, 0);
                Volatile.Write(ref _sessions, larger);
            }

            session.PlaceAmongWatchers = _count;
            _sessions[_count] = session;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <summary>Removes a session, if it is there.</summary>
    public void Remove(WireSession session)
    {
        WireSession? moved = null;
        lock (_gate)
        {
            int place = session.PlaceAmongWatchers;
            if (place < 0)
            {
                return;
            }

            session.PlaceAmongWatchers = -1;
            Volatile.Write(ref _count, _count - 1);
            if (place < _count)
            {
                moved = _sessions[_count]!;
                moved.PlaceAmongWatchers = place;
                Volatile.Write(ref _sessions[place], moved);
            }

            _sessions[_count] = null;
        }

        moved?.WantsPush();
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _published, 0); // before the sessions look: what is published from here on gets a round of its own
        WireSession?[] sessions = Volatile.Read(ref _sessions);
        int count = Math.Min(Count, sessions.Length);
        for (int i = 0; i < count; i++)
        {
            Volatile.Read(ref sessions[i])?.WantsPush();
        }
    }
}
