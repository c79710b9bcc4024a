using Rollcall.Client;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Servers;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Testing;

/// <summary>A registry for unit tests of what uses one: the real engine and real clients, without sockets, and time that the test moves.</summary>
/// <remarks>
/// <para>
/// <c>services.AddRollcallClient().AddServer(registry.Server)</c>, or <see cref="CreateClient"/>. What a test does to the registry has
/// reached its clients when <see cref="SettleAsync"/> has returned; clients that the application made are told of by <see cref="Track"/>.
/// </para>
/// <para>
/// Time stands still until <see cref="PassAsync"/>. A client of an application shares it if <see cref="Time"/> is the application's
/// <see cref="TimeProvider"/>; else its timers follow the machine's clock, and leases here never end by themselves.
/// </para>
/// <para>Owner: one test; methods one at a time. Clients may be used by any thread meanwhile.</para>
/// </remarks>
public sealed class InMemoryRegistry : IAsyncDisposable
{
    // A client renews at most every second, and within a step it has all the time of the world.
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    // Generous: machines pause.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly RegistryOptions _options;
    private readonly List<RollcallClient> _clients = [];
    private readonly List<EmbeddedLink> _links = []; // guarded by itself
    private RegistryService _registry;
    private int _boots;
    private volatile bool _isAway;

    /// <summary>An empty registry.</summary>
    /// <param name="options">Its limits; absent: the defaults, without the guard against mass expiry.</param>
    public InMemoryRegistry(RegistryOptions? options = null)
    {
        _options = (options ?? new RegistryOptions { GuardEnabled = false }) with { StallGap = TimeSpan.FromDays(3650) };
        _registry = Boot();
        Server = new RegistryServer("memory://registry", OpenAsync);
    }

    /// <summary>The time of the registry, and of the clients that it made.</summary>
    public HandTime Time { get; } = new();

    /// <summary>The registry as clients are told of it.</summary>
    public RegistryServer Server { get; }

    /// <summary>True: links break, and none can be opened; as when the registry's process is down.</summary>
    public bool IsAway
    {
        get => _isAway;
        set
        {
            _isAway = value;
            if (value)
            {
                BreakLinks();
            }
        }
    }

    /// <summary>All that is registered now.</summary>
    public IReadOnlyList<Instance> Instances => [.. _registry.ReadSnapshot().Instances()];

    /// <summary>An instance as it is registered now; null: it is not.</summary>
    public Instance? Find(string service, string id) => _registry.Find(InstanceKey.Of(service, id));

    /// <summary>Registers an instance that somebody else runs; again: changes it. It stays until it is removed, or its lease ends.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="address">Where it is: <c>http://10.0.0.1:8080</c>, or https.</param>
    /// <param name="id">Absent: the address.</param>
    /// <param name="lease">When it goes, if time passes: nobody renews it. Absent: after the longest lease there is.</param>
    /// <param name="detail">All else: status, zone, weight, metadata.</param>
    /// <exception cref="ArgumentException">The registry refuses it; the message says why.</exception>
    public void Add(string service, string address, string? id = null, TimeSpan? lease = null, Func<Registration, Registration>? detail = null)
    {
        var uri = new Uri(address, UriKind.Absolute);
        bool isSecure = uri.Scheme == Uri.UriSchemeHttps;
        var registration = new Registration
        {
            Service = service,
            Id = id ?? uri.Authority,
            HostName = uri.DnsSafeHost,
            Address = uri.DnsSafeHost,
            Port = isSecure ? 0 : uri.Port,
            PortEnabled = !isSecure,
            SecurePort = isSecure ? uri.Port : 0,
            SecurePortEnabled = isSecure,
            Vips = service,
            LeaseDuration = lease ?? _options.LeaseDurationMax,
        };
        if (_registry.Register(detail?.Invoke(registration) ?? registration, _registry.Now).Error is { } refused)
        {
            throw new ArgumentException(refused.Message);
        }
    }

    /// <summary>Cancels an instance.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public void Remove(string service, string id) => Done(_registry.Cancel(InstanceKey.Of(service, id), _registry.Now));

    /// <summary>An operator's word on the status of an instance; null: takes it back.</summary>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public void SetStatus(string service, string id, InstanceStatus? status)
    {
        InstanceKey key = InstanceKey.Of(service, id);
        Done(status is { } word ? _registry.SetStatus(key, word, _registry.Now) : _registry.ClearStatus(key, _registry.Now));
    }

    /// <summary>Ends the registry and starts it anew, empty; as when its process restarts.</summary>
    public void Restart()
    {
        _registry = Boot();
        BreakLinks();
    }

    /// <summary>A client on this registry and its time, not started; disposed of with the registry, unless before.</summary>
    public RollcallClient CreateClient(ClientOptions? options = null)
    {
        var client = new RollcallClient(options ?? new ClientOptions(), [Server], Time);
        Track(client);
        return client;
    }

    /// <summary>Counts a client that the application made among those that <see cref="SettleAsync"/> waits for.</summary>
    public void Track(RollcallClient client) => _clients.Add(client);

    /// <summary>Waits until every client that runs knows what the registry holds, and has told it what there is to tell.</summary>
    /// <remarks>A client that has lost the registry comes back as time passes: see <see cref="PassUntilAsync"/>.</remarks>
    /// <exception cref="TimeoutException">One does not.</exception>
    public Task SettleAsync() => WaitAsync(() => _clients.TrueForAll(IsSettled), "every client has settled");

    /// <summary>Time passes, for the registry and for clients on its time; after it all have done what became due.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= s_step)
        {
            Time.Pass(left < s_step ? left : s_step);
            _registry.Advance(_registry.Now);
            await WaitAsync(() => _clients.TrueForAll(IsIdle), "every client has done what is due");
        }
    }

    /// <summary>Time passes until something holds.</summary>
    /// <exception cref="TimeoutException">It does not hold after so long.</exception>
    public async Task PassUntilAsync(Func<bool> holds, TimeSpan longest, string expected)
    {
        for (TimeSpan passed = TimeSpan.Zero; !holds() && passed < longest; passed += s_step)
        {
            await PassAsync(s_step);
        }

        await WaitAsync(holds, $"{expected}, after {DurationText.Show(longest)} of hand-moved time");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (RollcallClient client in _clients)
        {
            await client.DisposeAsync();
        }

        BreakLinks();
    }

    private static void Done(WriteResult result)
    {
        if (result.Error is { } refused)
        {
            throw new ArgumentException(refused.Message);
        }
    }

    private static bool IsIdle(RollcallClient client) => client.Registration is not { State.Ended: false } registration || registration.IsWaiting;

    private RegistryService Boot() => new(_options with { Seed = (ulong)++_boots }, Time);

    private bool IsSettled(RollcallClient client) => !client.IsRunning || (IsIdle(client) && (IsAway || KnowsAll(client.Catalogue)));

    private bool KnowsAll(Catalogue catalogue)
    {
        int known = 0;
        foreach (EndpointList list in catalogue.Services)
        {
            foreach (ServiceEndpoint endpoint in list.Endpoints)
            {
                known += endpoint.HeldFor is null ? 1 : 0;
            }
        }

        Instance[] there = [.. Instances.Where(catalogue.Follows.Selects)];
        return _registry.HasPublished(catalogue.Version) && known == there.Length && there.All(instance => Knows(catalogue, instance));
    }

    private static bool Knows(Catalogue catalogue, Instance instance)
    {
        foreach (ServiceEndpoint endpoint in catalogue.Find(instance.Service.Text) is { } list ? list.Endpoints : [])
        {
            if (endpoint.Id == instance.Id && endpoint.Record.Version == instance.Version)
            {
                return true;
            }
        }

        return false;
    }

    private ValueTask<IRegistryLink> OpenAsync(CancellationToken cancellation)
    {
        lock (_links)
        {
            if (IsAway)
            {
                throw new LinkException(LinkFailure.Unreachable, "The registry of the test is away.");
            }

            var link = new EmbeddedLink(_registry, Principal.Anyone);
            _links.Add(link);
            return ValueTask.FromResult<IRegistryLink>(link);
        }
    }

    private void BreakLinks()
    {
        EmbeddedLink[] broken;
        lock (_links)
        {
            broken = [.. _links];
            _links.Clear();
        }

        foreach (EmbeddedLink link in broken)
        {
            link.DisposeAsync().AsTask().GetAwaiter().GetResult(); // completes at once
        }
    }

    // What clients do when time moves happens on threads of the pool and is announced to nobody.
    private static async Task WaitAsync(Func<bool> holds, string expected)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        for (int turns = 0; !holds(); turns++)
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Did not happen within {DurationText.Show(s_deadline)}: {expected}.");
            }

            // Nearly always it is a matter of some turns; a step of time should not cost a tick of the machine's timer.
            await (turns < 100 ? Task.Run(() => { }) : Task.Delay(1, CancellationToken.None));
        }
    }
}
