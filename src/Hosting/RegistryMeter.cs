using System.Diagnostics.Metrics;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Hosting;

/// <summary>The registry as numbers, under the core's verbs. Names and units are a contract with users.</summary>
/// <remarks>
/// <para>No instance id and no service name is ever a label: both grow with the fleet.</para>
/// <para>Cost: nothing until somebody listens; then a read of counts and of one snapshot per collection.</para>
/// </remarks>
public sealed class RegistryMeter : IDisposable
{
    /// <summary>Name of the meter, for listeners.</summary>
    public const string Name = "Rollcall.Registry";

    private readonly RegistryService _registry;
    private readonly Meter _meter;
    private readonly Histogram<double> _advanceDuration;
    private readonly Histogram<double> _expiryLateness;

    /// <summary>Instruments over <paramref name="registry"/>, isolated by <paramref name="factory"/> if there is one.</summary>
    public RegistryMeter(RegistryService registry, IMeterFactory? factory = null)
    {
        _registry = registry;
        _meter = factory?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        CreateCounters();
        CreateGauges();
        _advanceDuration = _meter.CreateHistogram<double>(
            "rollcall.advance.duration",
            "s",
            "Time that one turn of the expiry loop took"
        );
        _expiryLateness = _meter.CreateHistogram<double>(
            "rollcall.expiry.lateness",
            "s",
            "How long after the promised end the latest lease of a turn went"
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Records one turn of the expiry loop.</summary>
    internal void Advanced(in AdvanceResult result, TimeSpan duration)
    {
        _advanceDuration.Record(duration.TotalSeconds);
        if (result.Expired > 0)
        {
            _expiryLateness.Record(result.LatestExpiryLateness.TotalSeconds);
        }
    }

    private void CreateCounters()
    {
        Counter("rollcall.registrations", "{registration}", "Registrations accepted", counts => counts.Registrations);
        Counter("rollcall.renewals", "{renewal}", "Renewals accepted", counts => counts.Renewals);
        Counter("rollcall.renewals_refused", "{renewal}", "Renewals of unknown instances", counts => counts.RenewalsRefused);
        Counter("rollcall.cancellations", "{cancellation}", "Instances cancelled", counts => counts.Cancellations);
        Counter("rollcall.expiries", "{lease}", "Leases that ended without a renewal", counts => counts.Expiries);
        Counter("rollcall.status_writes", "{write}", "Overrides set or cleared", counts => counts.StatusWrites);
        Counter("rollcall.metadata_writes", "{write}", "Metadata merged", counts => counts.MetadataWrites);
    }

    private void CreateGauges()
    {
        _meter.CreateObservableGauge("rollcall.instances", InstancesByStatus, "{instance}", "Instances, by status");
        Gauge("rollcall.services", "{service}", "Services", () => _registry.ReadSnapshot().ServiceCount);
        Gauge("rollcall.version", "{change}", "Changes since the start", () => (long)_registry.ReadSnapshot().Version);
        Gauge("rollcall.subscribers", "{subscriber}", "Subscribers, over all transports", () => _registry.Subscribers.Read().Count);
        Gauge("rollcall.subscribers.behind", "{change}", "Changes that the slowest subscriber has not acknowledged yet", Behind);
        Gauge(
            "rollcall.guard.engaged",
            "1",
            "1 while the guard keeps leases that are over",
            () => _registry.Guard.Engaged ? 1 : 0
        );
        _meter.CreateObservableGauge("rollcall.peers", PeersByState, "{peer}", "Peers of the cluster, by state");
        Gauge("rollcall.peers.behind", "{change}", "Changes that the slowest peer has not acknowledged yet", PeersBehind);
        Gauge("rollcall.warming", "1", "1 while the node has just started and refuses reads of the whole", () => _registry.Warming is null ? 0 : 1);
        Gauge("rollcall.guard.silent", "{lease}", "Leases that missed their renewal", () => _registry.Guard.Silent);
        Gauge("rollcall.guard.held", "{lease}", "Leases past their end that the guard keeps", () => _registry.Guard.Held);
        _meter.CreateObservableGauge("rollcall.region.age", RegionAges, "s", "How long ago another region's registry was heard, by region");
        _meter.CreateObservableGauge("rollcall.region.instances", RegionInstances, "{instance}", "Instances in the copy of another region, by region");
    }

    private IEnumerable<Measurement<double>> RegionAges() =>
        from region in _registry.Regions.All
        let age = region.Read().Age
        where age is not null
        select new Measurement<double>(age.Value.TotalSeconds, KeyValuePair.Create<string, object?>("region", region.Name));

    private IEnumerable<Measurement<long>> RegionInstances() =>
        from region in _registry.Regions.All
        select new Measurement<long>(region.Read().Instances.Count, KeyValuePair.Create<string, object?>("region", region.Name));

    private long Behind()
    {
        SubscriberReport report = _registry.Subscribers.Read();
        return (long)(report.Version - report.OldestAcknowledged);
    }

    private IReadOnlyList<PeerReport> Peers() => _registry.Cluster?.Report(_registry.Now) ?? [];

    private long PeersBehind() => Peers().Max(peer => (long?)peer.Progress?.Lag) ?? 0;

    private IEnumerable<Measurement<long>> PeersByState()
    {
        IReadOnlyList<PeerReport> peers = Peers();
        return Enum.GetValues<PeerState>()
            .Select(state => new Measurement<long>(
                peers.Count(peer => peer.State == state),
                KeyValuePair.Create<string, object?>("state", state.ToString().ToLowerInvariant())
            ));
    }

    private void Counter(string name, string unit, string description, Func<RegistryCounts, long> read) =>
        _meter.CreateObservableCounter(name, () => read(_registry.Counts), unit, description);

    private void Gauge(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    private IEnumerable<Measurement<long>> InstancesByStatus()
    {
        StatusCounts counts = _registry.ReadSnapshot().Counts;
        return Enum.GetValues<InstanceStatus>()
            .Select(status => new Measurement<long>(
                counts.Of(status),
                KeyValuePair.Create<string, object?>("status", Label(status))
            ));
    }

    private static string Label(InstanceStatus status) =>
        status switch
        {
            InstanceStatus.Up => "up",
            InstanceStatus.Down => "down",
            InstanceStatus.Starting => "starting",
            InstanceStatus.OutOfService => "out_of_service",
            _ => "unknown",
        };
}
