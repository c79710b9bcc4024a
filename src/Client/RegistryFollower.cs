using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;

namespace Rollcall.Client;

/// <summary>Keeps a copy of what a filter selects up to date, over links that come and go.</summary>
/// <remarks>
/// <para>
/// Starts with a full read; from then on applies each change once. When a link is lost it opens the next after a wait (see
/// <see cref="FollowerOptions"/>) and resumes where the copy stands; the node sends what is missing, or everything if it no longer
/// knows or is another boot. Meanwhile the last copy stays readable, and <see cref="Age"/> says how old it is.
/// </para>
/// <para>Owner: any thread may read; one loop writes. Disposing ends the loop, the link and everything that waits.</para>
/// <para>Cost: O(changes) per update; the first <see cref="Read"/> after it O(instances).</para>
/// <para>Errors: none gets out of the loop; the last is <see cref="FollowerState.Problem"/>.</para>
/// </remarks>
public sealed class RegistryFollower : IAsyncDisposable
{
    private readonly Func<CancellationToken, ValueTask<IRegistryLink>> _open;
    private readonly InstanceFilter _filter;
    private readonly FollowerOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<RegistryUpdate, RegistryMirror>? _applied;
    private readonly bool _ownsLinks;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;
    private readonly Lock _gate = new();

    /// <summary>Owner: the loop.</summary>
    private RegistryVersion _resumeFrom;

    /// <summary>Ends the wait under way; null before the first.</summary>
    private TaskCompletionSource? _retry;

    // All below: written by the loop under _gate, read by anyone under it.
    private readonly RegistryMirror _mirror = new();
    private RegistryCopy? _copy;
    private FollowerState _state = FollowerState.Initial;
    private long? _heardAt;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Starts to follow.</summary>
    /// <param name="open">Opens a link, or throws <see cref="LinkException"/>; heeds its token. The follower disposes of the links.</param>
    /// <param name="filter">What to follow.</param>
    /// <param name="options">Absent: the defaults.</param>
    /// <param name="time">For waits and ages; absent: the system's.</param>
    /// <param name="applied">
    /// Called by the loop with each update and the copy after it, before the node is told that it is applied. Returns soon; does not keep
    /// the copy. Absent: nobody cares.
    /// </param>
    /// <param name="ownsLinks">False: links are lent, and only one that is silent is disposed of.</param>
    /// <exception cref="ArgumentException">Options out of range; the message names all.</exception>
    public RegistryFollower(
        Func<CancellationToken, ValueTask<IRegistryLink>> open,
        InstanceFilter filter,
        FollowerOptions? options = null,
        TimeProvider? time = null,
        Action<RegistryUpdate, RegistryMirror>? applied = null,
        bool ownsLinks = true
    )
    {
        _open = open;
        _applied = applied;
        _ownsLinks = ownsLinks;
        _filter = filter;
        _options = options ?? new FollowerOptions();
        _time = time ?? TimeProvider.System;
        if (_options.Validate() is { Count: > 0 } problems)
        {
            throw problems.Refused(nameof(FollowerOptions), nameof(options));
        }

        _loop = FollowAsync(_ending.Token);
    }

    /// <summary>How it stands.</summary>
    public FollowerState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>How long ago the node was heard from last; null before the first update. Small while following.</summary>
    public TimeSpan? Age
    {
        get
        {
            lock (_gate)
            {
                return _heardAt is { } heardAt ? _time.GetElapsedTime(heardAt) : null;
            }
        }
    }

    /// <summary>What the registry held when it was heard from last. Immutable; the same object until something changes.</summary>
    public RegistryCopy Read()
    {
        lock (_gate)
        {
            return _copy ??= new RegistryCopy(_mirror.Version, [.. _mirror.Instances]);
        }
    }

    /// <summary>Ends as soon as the state is another than <paramref name="seen"/>, with that state; begin with <see cref="State"/>.</summary>
    /// <exception cref="OperationCanceledException">By the token, or because the follower was disposed of.</exception>
    public async Task<FollowerState> ChangeAsync(FollowerState seen, CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_state != seen)
                {
                    return _state;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Somebody has just opened a link: ends the wait before the next try, if there is one.</summary>
    public void RetryNow() => Volatile.Read(ref _retry)?.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _loop;
        lock (_gate)
        {
            _changed.TrySetCanceled();
        }
    }

    private async Task FollowAsync(CancellationToken ending)
    {
        try
        {
            for (int failures = 0; ; failures++)
            {
                long began = _time.GetTimestamp();
                LinkException problem = await FollowOneLinkAsync(ending);
                Lost(problem);
                if (_time.GetElapsedTime(began) >= _options.RetryMax)
                {
                    failures = 0;
                }

                TimeSpan pause = RetryPause.After(failures, _options.RetryFirst, _options.RetryMax);
                await WaitAsync(pause.Spread(Random.Shared.NextDouble()), ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            Lost(new LinkException(LinkFailure.Closed, "The follower was disposed of."));
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken ending)
    {
        TaskCompletionSource retry = NewSignal(); // a new one: what came before this wait does not shorten it
        Volatile.Write(ref _retry, retry);
        try
        {
            await retry.Task.WaitAsync(longest, _time, ending);
        }
        catch (TimeoutException)
        {
            // Nobody shortened it.
        }
    }

    /// <summary>Follows until the link is lost; returns why.</summary>
    private async Task<LinkException> FollowOneLinkAsync(CancellationToken ending)
    {
        try
        {
            IRegistryLink link = await OpenAsync(ending);
            await using IAsyncDisposable? owned = _ownsLinks ? link : null;
            await using IAsyncEnumerator<RegistryUpdate> updates = link.WatchAsync(_filter, _resumeFrom, ending).GetAsyncEnumerator(ending);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ending);
            ValueTask<bool> next = updates.MoveNextAsync();
            Task listening = ListenAsync(link, isResumed: _resumeFrom != RegistryVersion.None, over.Token);
            try
            {
                while (await next)
                {
                    Take(updates.Current, link.Address);
                    next = updates.MoveNextAsync();
                }
            }
            finally
            {
                await over.CancelAsync();
                await listening;
            }

            return new LinkException(LinkFailure.Protocol, "The watch ended without a reason.");
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            throw;
        }
        catch (LinkException problem)
        {
            return problem;
        }
        catch (Exception exception)
        {
            // Whatever a link of the application throws: the copy has to come back all the same.
            return new LinkException(LinkFailure.Unavailable, exception.Message, exception);
        }
    }

    private async Task<IRegistryLink> OpenAsync(CancellationToken ending)
    {
        using var limit = new CancellationTokenSource(_options.OpenLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ending);
        try
        {
            return await _open(either.Token);
        }
        catch (OperationCanceledException exception) when (!ending.IsCancellationRequested && limit.IsCancellationRequested)
        {
            throw new LinkException(LinkFailure.Unreachable, $"No link was open within {_options.OpenLimit.TotalSeconds} s.", exception);
        }
    }

    /// <summary>Drops a link that is dead: a connection can be so without either end knowing, and then a watch is silent for ever.</summary>
    /// <remarks>A watch that resumes where nothing is missing is silent as well: that it follows shows in a ping behind it.</remarks>
    private async Task ListenAsync(IRegistryLink link, bool isResumed, CancellationToken over)
    {
        using var timer = new PeriodicTimer(_options.SilenceMax, _time);
        long openedAt = _time.GetTimestamp();
        try
        {
            bool isDue = isResumed;
            do
            {
                if (isDue)
                {
                    await link.PingAsync(over).AsTask().WaitAsync(_options.SilenceMax, _time, over);
                    Heard(link.Address, isResumed);
                }

                isDue = true;
            } while (await WaitForSilenceAsync(timer, openedAt, over));
        }
        catch (Exception exception) when (exception is TimeoutException or LinkException)
        {
            await link.DisposeAsync();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The watch has ended by itself.
        }
    }

    /// <summary>Ends when nothing has come for too long; false never.</summary>
    private async Task<bool> WaitForSilenceAsync(PeriodicTimer timer, long openedAt, CancellationToken over)
    {
        bool ticked;
        do
        {
            ticked = await timer.WaitForNextTickAsync(over);
        } while (ticked && SilenceSince(openedAt) < _options.SilenceMax);

        return ticked;
    }

    private TimeSpan SilenceSince(long openedAt)
    {
        lock (_gate)
        {
            return _time.GetElapsedTime(Math.Max(openedAt, _heardAt ?? openedAt));
        }
    }

    private void Take(RegistryUpdate update, string address)
    {
        try
        {
            lock (_gate)
            {
                _mirror.Apply(update);
                _copy = null;
                _heardAt = _time.GetTimestamp();
                Become(new FollowerState(_mirror.Version, address, null));
            }

            _applied?.Invoke(update, _mirror); // only this loop writes it
            _resumeFrom = update.Version;
        }
        catch (InvalidOperationException exception)
        {
            // The copy may be half changed: the next link begins with a full read.
            _resumeFrom = RegistryVersion.None;
            throw new LinkException(LinkFailure.Protocol, $"The node sent an update that does not fit: {exception.Message}", exception);
        }
    }

    private void Heard(string address, bool isFollowing)
    {
        lock (_gate)
        {
            _heardAt = _time.GetTimestamp();
            if (isFollowing)
            {
                Become(new FollowerState(_mirror.Version, address, null));
            }
        }
    }

    private void Lost(LinkException problem)
    {
        lock (_gate)
        {
            Become(new FollowerState(_mirror.Version, null, problem));
        }
    }

    /// <summary>Caller holds the gate.</summary>
    private void Become(FollowerState state)
    {
        if (_state != state)
        {
            _state = state;
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
