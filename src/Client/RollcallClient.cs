using System.Diagnostics.Metrics;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Rollcall.Client.Registering;
using Rollcall.Client.Servers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>START HERE: a service's view of the registry. Registers it, keeps a catalogue of the others, chooses whom to call.</summary>
/// <remarks>
/// <para>
/// Order: <see cref="StartAsync"/>; <see cref="RegisterAsync"/> when the own address is known; <see cref="Started"/> and
/// <see cref="SetHealth"/>; at the end <see cref="StopAsync"/>, while requests can still be served. Each but the first may be left out.
/// </para>
/// <para>
/// One connection to one server at a time (<see cref="ServerSession"/>): calls and the watch share it. A registry that is away stops
/// nothing: the last good catalogue stays, and <see cref="Age"/> says how old it is. Only <see cref="ClientOptions.FailFast"/> throws.
/// </para>
/// <para>Owner: one application; any thread. Disposing ends everything and announces nothing: <see cref="StopAsync"/> does.</para>
/// </remarks>
public sealed class RollcallClient : IAsyncDisposable
{
    /// <summary>Name of its meter and of its source of activities, for listeners.</summary>
    public const string TelemetryName = ClientMeter.Name;

    // How often what is held is looked at, and the file: both are settings of seconds.
    private static readonly TimeSpan s_housekeepingPace = TimeSpan.FromSeconds(1);

    private readonly ClientOptions _options;
    private readonly ClientClock _clock;
    private readonly Dice _dice;
    private readonly Action<ClientNotice> _notice;
    private readonly ClientMeter _meter;
    private readonly ServerSession? _session; // null: not enabled
    private readonly CatalogueKeeper _keeper;
    private readonly InstanceChooser _chooser;
    private readonly CatalogueStore? _store;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _phases = new(); // guards the four below
    private RegistryFollower? _follower;
    private RegistrationPump? _registration;
    private Task _housekeeping = Task.CompletedTask;
    private (TimeSpan Age, MonotonicTime At)? _file;

    /// <summary>A client that has not started: no socket, no thread, nothing that runs.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="servers">The nodes of the registry; one is enough.</param>
    /// <param name="time">Absent: the system's.</param>
    /// <param name="notice">Told of each change of state, on any thread; returns at once. Absent: silence.</param>
    /// <param name="meter">
    /// Carries its instruments, and belongs to the caller: with labels, where there are several clients. Absent: one of its own, named
    /// <see cref="TelemetryName"/>.
    /// </param>
    /// <exception cref="ArgumentException">Options outside their ranges, all named; or no server, or two of one name.</exception>
    public RollcallClient(
        ClientOptions options,
        IReadOnlyList<RegistryServer> servers,
        TimeProvider? time = null,
        Action<ClientNotice>? notice = null,
        Meter? meter = null
    )
    {
        _options = options.OrThrow();
        _clock = new ClientClock(time ?? TimeProvider.System);
        _dice = new Dice(options.Seed ?? (ulong)Random.Shared.NextInt64());
        _notice = said => Say(notice, said);
        _meter = new ClientMeter(this, meter);
        _session = options.Enabled ? new ServerSession(servers, options, _clock, _dice, _notice, _meter) : null;
        _keeper = new CatalogueKeeper(options, _notice);
        _chooser = new InstanceChooser(options, _clock, _dice);
        _store = options.CatalogueFile is { } path ? new CatalogueStore(path, options, _clock, _keeper, _notice) : null;
    }

    /// <summary>Raised after another catalogue is current. Handlers return at once.</summary>
    public event Action? CatalogueChanged
    {
        add => _keeper.Changed += value;
        remove => _keeper.Changed -= value;
    }

    /// <summary>What is known of the registry. Immutable; another object after each change. 0 bytes.</summary>
    public Catalogue Catalogue => _keeper.Current;

    /// <summary>How long ago the registry was heard, or the file written that the catalogue comes from; null: nothing is known yet.</summary>
    public TimeSpan? Age => _follower?.Age ?? (_file is { } file ? file.Age + (_clock.Now - file.At) : null);

    /// <summary>How long ago a call to the registry was answered; null: never.</summary>
    public TimeSpan? LastAnswerAge => _session?.LastContact is { } at ? _clock.Now - at : null;

    /// <summary>The server in use, for people; null: none at this moment.</summary>
    public string? Server => _session?.Current?.Server.Name;

    /// <summary>What the registry knows of this instance; null: nothing, or none is registered.</summary>
    public InstanceStatus? RegisteredStatus => _registration?.State is { ToldStamp: not 0 } state ? state.Told : null;

    /// <summary>True between start and stop.</summary>
    internal bool IsRunning => _follower is not null && !_over.IsCancellationRequested;

    /// <summary>The registration; null: there is none.</summary>
    internal RegistrationPump? Registration => _registration;

    /// <summary>Begins to follow the registry; with <see cref="ClientOptions.FailFast"/> waits for the first catalogue.</summary>
    /// <exception cref="LinkException">Fail fast: no registry was heard within <see cref="ClientOptions.StartLimit"/>.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_session is not { } session)
        {
            return;
        }

        RegistryFollower follower;
        lock (_phases)
        {
            ObjectDisposedException.ThrowIf(_over.IsCancellationRequested, this);
            if (_follower is not null)
            {
                return;
            }

            if (_store?.Take() is { } age)
            {
                _file = (age, _clock.Now);
            }

            follower = _follower = new RegistryFollower(
                async token => (await session.LinkAsync([], token)).Link,
                _options.Follow,
                new FollowerOptions { RetryFirst = _options.RetryFirst, RetryMax = _options.RetryMax },
                _clock.Time,
                (update, copy) => _keeper.Take(update, copy, _clock.Now),
                ownsLinks: false
            );
            session.LinkChanged += follower.RetryNow;
            _housekeeping = KeepHouseAsync(follower);
        }

        if (_options.FailFast)
        {
            await HeardAsync(follower, cancellation);
        }
    }

    /// <summary>
    /// Registers this instance as STARTING; with <see cref="ClientOptions.FailFast"/> waits until the registry has accepted it.
    /// </summary>
    /// <param name="self">
    /// Where it can be reached. Its status does not count: that is start and health. Zone and region, if absent, are the client's.
    /// </param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">Not started, or registered already.</exception>
    /// <exception cref="RegistrationRefusedException">Fail fast: the registry refused it.</exception>
    /// <exception cref="LinkException">Fail fast: no registry answered within <see cref="ClientOptions.StartLimit"/>.</exception>
    public async Task RegisterAsync(Registration self, CancellationToken cancellation = default)
    {
        if (_session is null)
        {
            return;
        }

        RegistrationPump pump;
        lock (_phases)
        {
            if (_follower is null || _registration is not null || _over.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    _registration is null ? "Start the client before it registers." : "This client has registered already: use another."
                );
            }

            Registration placed = self with { Zone = self.Zone ?? _options.Zone, Region = self.Region ?? _options.Region };
            pump = _registration = new RegistrationPump(placed, _options, _session, _clock, _dice, _notice);
        }

        if (_options.FailFast)
        {
            await WithinStartLimit(pump.Accepted, "accept the instance", cancellation);
        }
    }

    /// <summary>The application has started: it takes traffic once it is healthy.</summary>
    public void Started() => _registration?.Tell(new RegistrationEvent.HostStarted());

    /// <summary>What the application's health checks say. Until the first word the instance is STARTING.</summary>
    public void SetHealth(bool healthy) => _registration?.Tell(new RegistrationEvent.HealthSeen(healthy));

    /// <summary>Takes the instance out by the application's own word, though it is healthy; null: takes the word back.</summary>
    public void SetStatus(InstanceStatus? status) => _registration?.Tell(new RegistrationEvent.StatusSet(status));

    /// <summary>Changes what is registered: metadata, weight, address. Goes out at once, in limited rate, the newest wins.</summary>
    /// <exception cref="ArgumentException">Another service or id: that would be another instance.</exception>
    public void Change(Func<Registration, Registration> change)
    {
        lock (_phases)
        {
            if (_registration is { } registration)
            {
                registration.Change(change);
            }
        }
    }

    /// <summary>An instance to call; false: none can be. 0 bytes.</summary>
    /// <param name="service">Name of the service, in any case.</param>
    /// <param name="pick">The instance; to be ended by how the call went.</param>
    /// <param name="avoid">An instance that has just failed the caller; null: none.</param>
    public bool TryChoose(string service, out Pick pick, ServiceEndpoint? avoid = null) => TryChoose(Catalogue.Find(service), out pick, avoid);

    /// <summary>An instance with a virtual address to call; false: none can be. 0 bytes.</summary>
    public bool TryChooseVip(string vip, bool secure, out Pick pick, ServiceEndpoint? avoid = null) =>
        TryChoose(Catalogue.FindVip(vip, secure), out pick, avoid);

    /// <summary>An instance of a list of the present catalogue to call; false: none can be. 0 bytes.</summary>
    public bool TryChoose(EndpointList? list, out Pick pick, ServiceEndpoint? avoid = null)
    {
        pick = default;
        bool found = list is not null && _chooser.TryChoose(list, avoid, out pick);
        _meter.Chose(found);
        return found;
    }

    /// <summary>For people: where calls to a service go now, in which shares, and what comes next; or why there is nothing to call.</summary>
    public string DescribeOrder(string service) =>
        Catalogue.Find(service) is { } list && Catalogue.WhyNothing(service) is null
            ? ChoiceOrder.Describe(list, _options, _clock.Now)
            : Catalogue.WhyNothing(service)!;

    /// <summary>
    /// For who chooses by himself: the instances of a list that are up, and those that vanished without a word while few others are left.
    /// </summary>
    public IReadOnlyList<ServiceEndpoint> Candidates(EndpointList list) => ChoicePlan.Candidates(list, _options);

    /// <summary>
    /// Announces OUT_OF_SERVICE, waits until subscribers have seen it, cancels, and ends everything; within
    /// <see cref="ClientOptions.DrainLimit"/> and <see cref="ClientOptions.CancelLimit"/>, whatever the registry does.
    /// </summary>
    /// <param name="cancellation">Ends it at once; the instance then goes when its lease ends.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (_registration is { } registration)
        {
            registration.Tell(new RegistrationEvent.StopAsked());
            await registration.Ended.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_phases)
        {
            if (_over.IsCancellationRequested)
            {
                return;
            }

            _over.Cancel();
        }

        if (_registration is not null)
        {
            await _registration.DisposeAsync();
        }

        if (_follower is not null)
        {
            await _follower.DisposeAsync();
        }

        await _housekeeping;
        _store?.Write(_clock.Now);
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        _meter.Dispose();
    }

    /// <summary>How many instances are put aside now.</summary>
    internal long CountAside()
    {
        MonotonicTime now = _clock.Now;
        long count = 0;
        foreach (EndpointList list in Catalogue.Services)
        {
            foreach (ServiceEndpoint endpoint in list.Endpoints)
            {
                count += endpoint.Health.AsideUntil > now ? 1 : 0;
            }
        }

        return count;
    }

    private async Task HeardAsync(RegistryFollower follower, CancellationToken cancellation)
    {
        async Task FollowingAsync()
        {
            for (FollowerState state = follower.State; !state.IsFollowing;)
            {
                state = await follower.ChangeAsync(state, cancellation);
            }
        }

        await WithinStartLimit(FollowingAsync(), "answer", cancellation, () => follower.State.Problem);
    }

    private async Task WithinStartLimit(Task task, string what, CancellationToken cancellation, Func<LinkException?>? why = null)
    {
        try
        {
            await task.WaitAsync(_options.StartLimit, _clock.Time, cancellation);
        }
        catch (TimeoutException)
        {
            string limit = Core.DurationText.Show(_options.StartLimit);
            throw new LinkException(
                LinkFailure.Unreachable,
                $"The registry did not {what} within {limit} (ClientOptions.{nameof(ClientOptions.StartLimit)}, FailFast). {why?.Invoke()?.Message}"
            );
        }
    }

    // The application's log must not take its registration down.
    private static void Say(Action<ClientNotice>? notice, ClientNotice said)
    {
        try
        {
            notice?.Invoke(said);
        }
        catch (Exception)
        {
            // Where would one say it?
        }
    }

    private async Task KeepHouseAsync(RegistryFollower follower)
    {
        using var timer = new PeriodicTimer(s_housekeepingPace, _clock.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                MonotonicTime now = _clock.Now;
                if (follower.State.IsFollowing)
                {
                    _keeper.Release(now);
                }

                _store?.WriteIfDue(now);
            }
        }
        catch (OperationCanceledException)
        {
            // The client is over.
        }
    }
}
