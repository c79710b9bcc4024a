using Rollcall.Bench.Fleet;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>Instances that are registered and renewed over a few links, whatever the transport.</summary>
/// <remarks>Owner: one scenario.</remarks>
internal sealed class LinkedFleet : IAsyncDisposable
{
    // Calls under way on all links while registering: enough to fill a read of the server, too few to drown it.
    private const int RegistrationsAtATime = 128;

    // A lease may miss two renewals.
    private const int IntervalsOfALease = 3;

    // Each renewal comes within half a gap of its time: clients do not march in step.
    private const double Jitter = 0.5;

    private readonly ScenarioSettings _settings;
    private readonly IRegistryLink[] _links;
    private readonly SpringFleet _fleet;
    private readonly LeaseHandle[] _handles;

    private LinkedFleet(ScenarioSettings settings, IRegistryLink[] links)
    {
        _settings = settings;
        _links = links;
        _fleet = new SpringFleet(settings.Services);
        _handles = new LeaseHandle[settings.Instances];
    }

    /// <summary>How many.</summary>
    public int Count => _handles.Length;

    /// <summary>Opens the links; nothing is registered yet.</summary>
    public static async Task<LinkedFleet> ConnectAsync(LoadTarget target, ScenarioSettings settings) =>
        new(settings, await Task.WhenAll(Enumerable.Range(0, settings.Connections).Select(_ => target.ConnectAsync())));

    /// <summary>A link for requests of number <paramref name="i"/>.</summary>
    public IRegistryLink Link(int i) => _links[i % _links.Length];

    /// <summary>Service and id of instance <paramref name="i"/>.</summary>
    public (string Service, string Id) Key(int i) => (_fleet.Service(i), _fleet.Id(i));

    /// <summary>Registers all, as fast as it goes with some under way.</summary>
    public Task RegisterAllAsync() =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = RegistrationsAtATime },
            async (i, cancellation) =>
            {
                if (!await RegisterAsync(i, cancellation))
                {
                    throw new InvalidOperationException($"The registration of {_fleet.Id(i)} was refused.");
                }
            }
        );

    /// <summary>Registers instance <paramref name="i"/>; false if it is refused.</summary>
    public async ValueTask<bool> RegisterAsync(int i, CancellationToken cancellation)
    {
        Registration registration = _fleet.Registration(i) with
        {
            LeaseDuration = IntervalsOfALease * _settings.Interval,
            RenewalInterval = _settings.Interval,
        };
        RegisterResult result = await Link(i).RegisterAsync(registration, cancellation);
        _handles[i] = result.Handle;
        return result.Error is null;
    }

    /// <summary>Registers each when it is due, spread evenly over a time.</summary>
    public Task<StepStats> RegisterAllAsync(TimeSpan during) =>
        LoadRun.RunAsync(
            "register",
            (request, cancellation) => RegisterAsync(request.Number, cancellation),
            LoadSimulation.Inject(Count / during.TotalSeconds, during)
        );

    /// <summary>Renews once per interval, some in each request, for a time.</summary>
    /// <param name="during">How long.</param>
    /// <param name="instances">The first so many; null: all.</param>
    /// <param name="cancellation">Ends it before.</param>
    public Task<StepStats> RenewAsync(TimeSpan during, int? instances = null, CancellationToken cancellation = default)
    {
        int count = instances ?? Count;
        int requests = (count + _settings.Batch - 1) / _settings.Batch;
        return LoadRun.RunAsync(
            $"renew {_settings.Batch} by handle",
            async (request, ended) =>
            {
                int slice = request.Number % requests;
                int from = slice * _settings.Batch;
                ReadOnlyMemory<LeaseHandle> handles = _handles.AsMemory(from, Math.Min(_settings.Batch, count - from));
                return await Link(slice).RenewAsync(handles, new int[handles.Length], ended) == 0;
            },
            LoadSimulation.Inject(requests / _settings.Interval.TotalSeconds, during, Jitter),
            cancellation: cancellation
        );
    }

    /// <summary>Everything that the server holds.</summary>
    public async Task<RegistryUpdate> ReadAllAsync() => await _links[0].ReadAsync(InstanceFilter.All);

    /// <summary>Looks whether the server holds exactly these instances, each as it was sent.</summary>
    /// <param name="held">What it holds.</param>
    /// <param name="report">Takes what is wrong.</param>
    /// <param name="overrides">The override of instance i at i; null: none has one.</param>
    /// <param name="instances">Only the first so many are left; null: all.</param>
    public void Check(RegistryUpdate held, ScenarioReport report, InstanceStatus?[]? overrides = null, int? instances = null)
    {
        int count = instances ?? Count;
        var byId = held.Instances.ToDictionary(instance => (instance.Service.Text.ToUpperInvariant(), instance.Id));
        report.Check(byId.Count == count, $"the server holds {byId.Count} instances where {count} are right");
        int wrong = 0;
        for (int i = 0; i < count; i++)
        {
            Registration sent = _fleet.Registration(i);
            bool good =
                byId.TryGetValue((sent.Service.ToUpperInvariant(), sent.Id), out Instance? instance)
                && instance.GetText(InstanceText.HostName) == sent.HostName
                && instance.GetText(InstanceText.Address) == sent.Address
                && instance.GetText(InstanceText.HealthCheckUrl) == sent.HealthCheckUrl
                && instance.Port == sent.Port
                && instance.ClientStamp == sent.ClientStamp
                && instance.OwnStatus == sent.Status
                && instance.Override?.Status == overrides?[i];
            wrong += good ? 0 : 1;
        }

        report.Check(wrong == 0, $"{wrong} of {count} instances are not as they were sent");
    }

    /// <summary>How many instances service <paramref name="name"/> has.</summary>
    public int CountOf(string name) => Enumerable.Range(0, Count).Count(i => _fleet.Service(i) == name);

    public async ValueTask DisposeAsync()
    {
        foreach (IRegistryLink link in _links)
        {
            await link.DisposeAsync();
        }
    }
}
