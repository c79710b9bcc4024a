using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client.Servers;

/// <summary>Calls to the registry, whichever of its servers answers: one link at a time, another server when it fails.</summary>
/// <remarks>
/// <para>
/// The link is dialled at the first call. A server that is unreachable, breaks the connection or the protocol, cannot serve, or does not
/// answer within <see cref="ClientOptions.TryLimit"/> is left for the next of the <see cref="ServerRota"/>; a call tries at most
/// <see cref="ClientOptions.TriesPerCall"/> servers, none twice. What the server refuses (rights, limits) is an answer.
/// </para>
/// <para>Every <see cref="ClientOptions.SessionLength"/> or so another server may be drawn. The old link goes on until calls on it are over.</para>
/// <para>Owner: one client; calls from any thread, many at once.</para>
/// <para>Errors: <see cref="LinkException"/>; <see cref="OperationCanceledException"/> only by the caller's token.</para>
/// </remarks>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ClientClock _clock;
    private readonly Dice _dice;
    private readonly Action<ClientNotice> _notice;
    private readonly ServerTry _try;
    private readonly ClientMeter? _meter; // null: nothing is measured
    private readonly SemaphoreSlim _dialling = new(1); // taken before _state, never the other way round
    private readonly Lock _state = new();
    private readonly ServerRota _rota; // guarded by _state
    private readonly CancellationTokenSource _over = new();
    private readonly ITimer _renewal;
    private SessionLink? _current; // written under _state
    private int _links; // guarded by _dialling
    private long _lastContact = -1;
    private bool _away; // guarded by _state

    /// <summary>No link yet.</summary>
    public ServerSession(
        IReadOnlyList<RegistryServer> servers,
        ClientOptions options,
        ClientClock clock,
        Dice dice,
        Action<ClientNotice> notice,
        ClientMeter? meter = null
    )
    {
        _options = options;
        _clock = clock;
        _dice = dice;
        _notice = notice;
        _meter = meter;
        _try = new ServerTry(options.TryLimit, clock.Time);
        _rota = new ServerRota(servers, options, dice);
        _renewal = clock.Time.CreateTimer(_ => _ = RenewAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised when another link is in use; on the thread that dialled it. Handlers return at once.</summary>
    public event Action? LinkChanged;

    /// <summary>The link in use; null: none at this moment.</summary>
    public SessionLink? Current => Volatile.Read(ref _current);

    /// <summary>When a server answered last; null: never.</summary>
    public MonotonicTime? LastContact => Volatile.Read(ref _lastContact) is var ticks and >= 0 ? new MonotonicTime(ticks) : null;

    /// <summary>Makes a call, on another server if one fails.</summary>
    /// <param name="operation">What it does, in the words of metrics.</param>
    /// <param name="call">The call, on the link of a server.</param>
    /// <param name="cancellation">The caller's.</param>
    public async Task<T> CallAsync<T>(
        string operation,
        Func<SessionLink, CancellationToken, ValueTask<T>> call,
        CancellationToken cancellation
    )
    {
        using ClientMeter.MeasuredCall? measured = _meter?.Begin(operation);
        try
        {
            return await CallAsync(call, measured, cancellation);
        }
        catch (LinkException failure)
        {
            measured?.Failed(failure);
            throw;
        }
    }

    /// <summary>A link to a server that works, dialled if there is none.</summary>
    /// <param name="tried">Servers that the caller does not want; those that fail now are added.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<SessionLink> LinkAsync(List<RegistryServer> tried, CancellationToken cancellation)
    {
        if (Usable(tried) is { } ready)
        {
            return ready;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _over.Token);
        await WaitToDialAsync(either.Token, cancellation);
        try
        {
            return Usable(tried) ?? await DialNextAsync(tried, either.Token, cancellation);
        }
        finally
        {
            _dialling.Release();
        }
    }

    /// <summary>The caller has seen the link fail: it is left, and its server with it.</summary>
    public void Leave(SessionLink link, LinkException failure)
    {
        lock (_state)
        {
            if (!ReferenceEquals(_current, link))
            {
                return;
            }

            _current = null;
            _rota.Failed(link.Server, _clock.Now);
        }

        _meter?.ServerLeft();
        _notice(ClientNotice.ServerLeft(link.Server.Name, failure));
        _ = DisposeQuietlyAsync(link.Link);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
        {
            return;
        }

        await _over.CancelAsync();
        await _renewal.DisposeAsync();
        SessionLink? last;
        lock (_state)
        {
            last = _current;
            _current = null;
        }

        if (last is not null)
        {
            await DisposeQuietlyAsync(last.Link);
        }
    }

    private async Task<T> CallAsync<T>(
        Func<SessionLink, CancellationToken, ValueTask<T>> call,
        ClientMeter.MeasuredCall? measured,
        CancellationToken cancellation
    )
    {
        var tried = new List<RegistryServer>(_options.TriesPerCall);
        while (true)
        {
            SessionLink link = await LinkAsync(tried, cancellation);
            measured?.Asks(link.Server.Name);
            try
            {
                T answer = await _try.CallAsync(link.Server, limit => call(link, limit), cancellation);
                Answered(link.Server);
                return answer;
            }
            catch (LinkException failure) when (IsOfServer(failure))
            {
                tried.Add(link.Server);
                Leave(link, failure);
                if (tried.Count >= _options.TriesPerCall)
                {
                    throw;
                }
            }
        }
    }

    // Why a server is no good, as opposed to what a good server refuses.
    private static bool IsOfServer(LinkException failure) =>
        failure.Failure
            is LinkFailure.Unreachable
                or LinkFailure.Closed
                or LinkFailure.Unavailable
                or LinkFailure.Protocol
                or LinkFailure.NotAuthenticated;

    private SessionLink? Usable(List<RegistryServer> tried)
    {
        if (Current is not { } link || tried.Contains(link.Server))
        {
            return null;
        }

        if (link.Link.Closed is not { IsCompleted: true } closed)
        {
            return link;
        }

        Leave(link, closed.Result);
        return null;
    }

    private async Task WaitToDialAsync(CancellationToken either, CancellationToken cancellation)
    {
        try
        {
            await _dialling.WaitAsync(either);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Over();
        }
    }

    // Under _dialling.
    private async Task<SessionLink> DialNextAsync(List<RegistryServer> tried, CancellationToken either, CancellationToken cancellation)
    {
        LinkException? last = null;
        while (tried.Count < _options.TriesPerCall && Next(tried) is { } server)
        {
            tried.Add(server);
            try
            {
                SessionLink link = await DialAsync(server, either);
                tried.Remove(server);
                return link;
            }
            catch (LinkException failure)
            {
                last = failure;
                Failed(server, failure);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw Over();
            }
        }

        throw last ?? new LinkException(LinkFailure.Unreachable, "No server of the registry is left to try.");
    }

    private async Task<SessionLink> DialAsync(RegistryServer server, CancellationToken cancellation)
    {
        IRegistryLink link = await _try.DialAsync(server, cancellation);
        SessionLink? before;
        var current = new SessionLink(link, ++_links, server);
        lock (_state)
        {
            before = _current;
            _current = current;
            if (_over.IsCancellationRequested)
            {
                _current = null;
            }
        }

        if (_over.IsCancellationRequested)
        {
            await DisposeQuietlyAsync(link);
            throw Over();
        }

        if (before is not null)
        {
            _ = RetireAsync(before.Link);
        }

        _notice(ClientNotice.ServerChosen(server.Name, link.Address));
        RenewLater();
        LinkChanged?.Invoke();
        return current;
    }

    private void RenewLater() => _renewal.Change(_options.SessionLength * (0.5 + _dice.Share()), Timeout.InfiniteTimeSpan);

    /// <summary>Draws again; another server, if the draw says so and it answers, takes over.</summary>
    private async Task RenewAsync()
    {
        try
        {
            await _dialling.WaitAsync(_over.Token);
            try
            {
                RegistryServer? drawn;
                lock (_state)
                {
                    _rota.Shuffle();
                    drawn = _rota.Next([], _clock.Now);
                }

                if (drawn is null || ReferenceEquals(drawn, Current?.Server))
                {
                    RenewLater();
                    return;
                }

                await RenewOnAsync(drawn);
            }
            finally
            {
                _dialling.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private async Task RenewOnAsync(RegistryServer drawn)
    {
        try
        {
            await DialAsync(drawn, _over.Token);
        }
        catch (LinkException failure)
        {
            Failed(drawn, failure);
            RenewLater();
        }
    }

    private RegistryServer? Next(List<RegistryServer> tried)
    {
        lock (_state)
        {
            return _rota.Next(tried, _clock.Now);
        }
    }

    private void Failed(RegistryServer server, LinkException failure)
    {
        bool first;
        lock (_state)
        {
            _rota.Failed(server, _clock.Now);
            first = !_away;
            _away = true;
        }

        if (first)
        {
            _notice(ClientNotice.ServerFailed(server.Name, failure));
        }
    }

    private void Answered(RegistryServer server)
    {
        Volatile.Write(ref _lastContact, _clock.Now.Ticks);
        lock (_state)
        {
            _away = false;
            _rota.Worked(server);
        }
    }

    private async Task RetireAsync(IRegistryLink link)
    {
        try
        {
            await Task.Delay(_options.TryLimit, _clock.Time, _over.Token);
        }
        catch (OperationCanceledException)
        {
            // The session is over: at once.
        }

        await DisposeQuietlyAsync(link);
    }

    private static async Task DisposeQuietlyAsync(IRegistryLink link)
    {
        try
        {
            await link.DisposeAsync();
        }
        catch (Exception)
        {
            // It was left because it is broken.
        }
    }

    private static LinkException Over() => new(LinkFailure.Closed, "The client has been disposed of.");
}
