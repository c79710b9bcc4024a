using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Scenarios;

/// <summary>How often each kind of read comes.</summary>
internal readonly record struct ReadRates(double FullPerSecond, double DeltaPerSecond, double ServicePerSecond);

/// <summary>Reads in full, of changes and of one service, over one link, each looked at as it comes.</summary>
internal sealed class Reader : IAsyncDisposable
{
    private readonly ScenarioRun _run;
    private readonly IRegistryLink _link;
    private readonly InstanceFilter _one;
    private readonly int _instances;
    private readonly int _ofService;
    private readonly Lock _lock = new();
    private RegistryVersion _since; // guarded by _lock

    private Reader(ScenarioRun run, LinkedFleet fleet, IRegistryLink link, RegistryVersion start)
    {
        string service = fleet.Service(0);
        _run = run;
        _link = link;
        _one = InstanceFilter.Services(service);
        _instances = fleet.Count;
        _ofService = fleet.CountOf(service);
        _since = start;
    }

    /// <summary>Connects, and begins with what is there now.</summary>
    public static async Task<Reader> ConnectAsync(ScenarioRun run, LinkedFleet fleet) =>
        new(run, fleet, await run.Target.ConnectAsync(), (await fleet.ReadAllAsync()).Version);

    /// <summary>Reads for a time, each kind as often as is said.</summary>
    public Task RunAsync(ReadRates rates) =>
        Task.WhenAll(
            StepAsync("read in full", rates.FullPerSecond, async stop => (await _link.ReadAsync(InstanceFilter.All, stop)).Instances.Count >= _instances),
            StepAsync("read changes", rates.DeltaPerSecond, ReadChangesAsync),
            StepAsync("read one service", rates.ServicePerSecond, async stop => (await _link.ReadAsync(_one, stop)).Instances.Count >= _ofService)
        );

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private Task StepAsync(string name, double perSecond, Func<CancellationToken, ValueTask<bool>> read) =>
        _run.StepAsync(name, (_, cancellation) => read(cancellation), LoadSimulation.InjectPoisson(perSecond, _run.Settings.Duration));

    // Each version is one change: a delta is whole if it has as many as the version has grown.
    private async ValueTask<bool> ReadChangesAsync(CancellationToken cancellation)
    {
        RegistryVersion since;
        lock (_lock)
        {
            since = _since;
        }

        if ((await _link.ReadDeltaAsync(since, cancellation)).Update is not { } update)
        {
            return false;
        }

        lock (_lock)
        {
            _since = update.Version.Number > _since.Number ? update.Version : _since;
        }

        return update.Changes.Count == (int)(update.Version.Number - since.Number);
    }
}
