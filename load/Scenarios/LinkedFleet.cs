using System.Diagnostics;
using Rollcall.Bench.Fleet;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>Instances that are registered, renewed, replaced and changed over a few links, whatever the transport, and what the server must hold of them.</summary>
/// <remarks>
/// <para>Owner: one scenario. Slots may be written to at once, each by one caller at a time.</para>
/// <para>Shape: slot i holds an instance of service i modulo services; a deployment puts another one in its place.</para>
/// </remarks>
internal sealed class LinkedFleet : IAsyncDisposable
{
    // Calls under way on all links while registering: enough to fill a read of the server, too few to drown it.
    private const int RegistrationsAtATime = 128;

    // Of registrations, until those that are registered are looked after.
    private const int RegistrationsInARow = 10_000;

    // A lease may miss two renewals.
    private const int IntervalsOfALease = 3;

    // Each renewal comes within half a gap of its time: clients do not march in step.
    private const double Jitter = 0.5;

    private readonly ScenarioRun _run;
    private readonly IRegistryLink[] _links;
    private readonly SpringFleet _fleet;
    private readonly int _generation; // instances from one in a slot to the next in the same slot
    private readonly int[] _instances; // which instance is in slot i
    private readonly LeaseHandle[] _handles;
    private readonly InstanceStatus?[] _overrides;
    private int _registered;

    private LinkedFleet(ScenarioRun run, IRegistryLink[] links)
    {
        ScenarioSettings settings = run.Settings;
        _run = run;
        _links = links;
        _fleet = new SpringFleet(settings.Services);
        _generation = (settings.Instances + settings.Services - 1) / settings.Services * settings.Services;
        _instances = [.. Enumerable.Range(0, settings.Instances)];
        _handles = new LeaseHandle[settings.Instances];
        _overrides = new InstanceStatus?[settings.Instances];
    }

    /// <summary>How many slots.</summary>
    public int Count => _handles.Length;

    /// <summary>Opens the links; nothing is registered yet.</summary>
    public static async Task<LinkedFleet> ConnectAsync(ScenarioRun run) =>
        new(run, await Task.WhenAll(Enumerable.Range(0, run.Settings.Connections).Select(_ => run.Target.ConnectAsync())));

    /// <summary>Service of slot <paramref name="i"/>.</summary>
    public string Service(int i) => _fleet.Service(i);

    /// <summary>How many slots a service has.</summary>
    public int CountOf(string service) => Enumerable.Range(0, Count).Count(i => _fleet.Service(i) == service);

    /// <summary>Registers all, as fast as it goes with some under way. Those that are registered do not expire meanwhile.</summary>
    public Task RegisterAllAsync() =>
        _run.PhaseAsync(
            "registering",
            async () =>
            {
                using IDisposable watched = _run.Watch(
                    new LiveStep($"register {Count:N0}", () => new StepCounts(_registered, _registered, 0, new Histogram()))
                );
                long renewedAt = Stopwatch.GetTimestamp();
                foreach (int[] row in Enumerable.Range(0, Count).Chunk(RegistrationsInARow))
                {
                    await Parallel.ForEachAsync(row, new ParallelOptions { MaxDegreeOfParallelism = RegistrationsAtATime }, RegisterOrThrowAsync);
                    if (Stopwatch.GetElapsedTime(renewedAt) > _run.Settings.Interval)
                    {
                        renewedAt = Stopwatch.GetTimestamp();
                        await RenewOnceAsync(row[^1] + 1);
                    }
                }
            }
        );

    /// <summary>Registers each when it is due, spread evenly over a time.</summary>
    public Task RegisterAllAsync(TimeSpan during) =>
        _run.StepAsync("register", (request, cancellation) => RegisterAsync(request.Number, cancellation), LoadSimulation.Inject(Count / during.TotalSeconds, during));

    /// <summary>Renews once per interval, some in each request, for a time.</summary>
    /// <param name="during">How long.</param>
    /// <param name="slots">The first so many; null: all.</param>
    /// <param name="interval">How often; null: as the settings say.</param>
    /// <param name="cancellation">Ends it before.</param>
    public Task RenewAsync(TimeSpan during, int? slots = null, TimeSpan? interval = null, CancellationToken cancellation = default)
    {
        int count = slots ?? Count;
        int requests = RequestsOf(count);
        return _run.StepAsync(
            $"renew {_run.Settings.Batch} by handle",
            (request, ended) => RenewAsync(request.Number % requests, count, ended),
            LoadSimulation.Inject(requests / (interval ?? _run.Settings.Interval).TotalSeconds, during, Jitter),
            cancellation
        );
    }

    /// <summary>Replaces what is in a slot: a new instance starts, is ready, and the old one leaves.</summary>
    public async ValueTask<bool> DeployAsync(int i, CancellationToken cancellation)
    {
        string old = _fleet.Id(_instances[i]);
        int next = _instances[i] + _generation;
        Registration registration = Registration(next);
        bool started = (await Link(i).RegisterAsync(registration with { Status = InstanceStatus.Starting }, cancellation)).Error is null;
        RegisterResult ready = await Link(i).RegisterAsync(registration, cancellation);
        (_instances[i], _handles[i], _overrides[i]) = (next, ready.Handle, null);
        return started && ready.Error is null && (await Link(i).CancelAsync(Service(i), old, cancellation)).Error is null;
    }

    /// <summary>Sets the override of what is in a slot.</summary>
    public async ValueTask<bool> SetStatusAsync(int i, InstanceStatus status, CancellationToken cancellation)
    {
        bool good = (await Link(i).SetStatusAsync(Service(i), _fleet.Id(_instances[i]), status, cancellation)).Error is null;
        _overrides[i] = good ? status : _overrides[i];
        return good;
    }

    /// <summary>Takes the instance of a slot out, behind the back of what must be there.</summary>
    public async Task LoseAsync(int i) => await Link(i).CancelAsync(Service(i), _fleet.Id(_instances[i]));

    /// <summary>Everything that the server holds.</summary>
    public async Task<RegistryUpdate> ReadAllAsync() => await _links[0].ReadAsync(InstanceFilter.All);

    /// <summary><see cref="Instance.Number"/> of what is in each slot.</summary>
    public uint[] NumbersIn(RegistryUpdate read)
    {
        var byId = read.Instances.ToDictionary(instance => instance.Id, instance => instance.Number);
        return [.. _instances.Select(instance => byId[_fleet.Id(instance)])];
    }

    /// <summary>Looks whether the server holds exactly these instances, each as it was sent.</summary>
    /// <param name="held">What it holds.</param>
    /// <param name="slots">Only the first so many are left; null: all.</param>
    public void Check(RegistryUpdate held, int? slots = null)
    {
        int count = slots ?? Count;
        var byId = held.Instances.ToDictionary(instance => (instance.Service.Text.ToUpperInvariant(), instance.Id));
        _run.Check(byId.Count == count, $"the server holds {byId.Count} instances where {count} are right");
        int wrong = 0;
        for (int i = 0; i < count; i++)
        {
            Registration sent = _fleet.Registration(_instances[i]);
            bool good =
                byId.TryGetValue((sent.Service.ToUpperInvariant(), sent.Id), out Instance? instance)
                && instance.GetText(InstanceText.HostName) == sent.HostName
                && instance.GetText(InstanceText.Address) == sent.Address
                && instance.GetText(InstanceText.HealthCheckUrl) == sent.HealthCheckUrl
                && instance.Port == sent.Port
                && instance.ClientStamp == sent.ClientStamp
                && instance.OwnStatus == sent.Status
                && instance.Override?.Status == _overrides[i];
            wrong += good ? 0 : 1;
        }

        _run.Check(wrong == 0, $"{wrong} of {count} instances are not as they were sent");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IRegistryLink link in _links)
        {
            await link.DisposeAsync();
        }
    }

    private IRegistryLink Link(int i) => _links[i % _links.Length];

    private Registration Registration(int instance) =>
        _fleet.Registration(instance) with
        {
            LeaseDuration = IntervalsOfALease * _run.Settings.Interval,
            RenewalInterval = _run.Settings.Interval,
        };

    private async ValueTask RegisterOrThrowAsync(int i, CancellationToken cancellation)
    {
        if (!await RegisterAsync(i, cancellation))
        {
            throw new InvalidOperationException($"The registration of {_fleet.Id(i)} was refused.");
        }

        Interlocked.Increment(ref _registered);
    }

    private async ValueTask<bool> RegisterAsync(int i, CancellationToken cancellation)
    {
        RegisterResult result = await Link(i).RegisterAsync(Registration(_instances[i]), cancellation);
        _handles[i] = result.Handle;
        return result.Error is null;
    }

    private int RequestsOf(int slots) => (slots + _run.Settings.Batch - 1) / _run.Settings.Batch;

    private async Task RenewOnceAsync(int slots)
    {
        for (int request = 0; request < RequestsOf(slots); request++)
        {
            if (!await RenewAsync(request, slots, CancellationToken.None))
            {
                throw new InvalidOperationException("Leases ended while others were registered.");
            }
        }
    }

    // What is replaced while it is renewed may be gone when the renewal comes: whoever left does not renew.
    private async ValueTask<bool> RenewAsync(int request, int slots, CancellationToken cancellation)
    {
        int from = request * _run.Settings.Batch;
        LeaseHandle[] handles = _handles[from..Math.Min(from + _run.Settings.Batch, slots)];
        int[] unknown = new int[handles.Length];
        int count = await Link(request).RenewAsync(handles, unknown, cancellation);
        return unknown.Take(count).All(position => _handles[from + position] != handles[position]);
    }
}
