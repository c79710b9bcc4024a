using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Watching;

/// <summary>Who follows a registry, and how far each has come: tells when all subscribers to a service have seen a version.</summary>
/// <remarks>
/// <para>Threads: any, all at once.</para>
/// <para>Cost: subscribing and leaving O(1); reading O(subscribers), under the lock that those two take. An acknowledgement takes none.</para>
/// </remarks>
public sealed class SubscriberTable
{
    private readonly RegistryService _registry;
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = []; // in no order; guarded by _gate

    internal SubscriberTable(RegistryService registry) => _registry = registry;

    // A quarter of what is kept: who loses its connection in silence has the other three to come back in.
    internal ulong ProgressAfter => (ulong)_registry.Options.ChangeRingCapacity / 4;

    /// <summary>Adds a subscriber.</summary>
    /// <param name="filter">What it follows.</param>
    /// <param name="since">The version of this boot that its copy has; 0: none, so it counts as having seen nothing until it acknowledges.</param>
    public Subscription Subscribe(InstanceFilter filter, ulong since)
    {
        var subscription = new Subscription(this, filter, since);
        lock (_gate)
        {
            subscription.Place = _subscriptions.Count;
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>What all subscribers to a service have seen; its name in any case.</summary>
    /// <remarks>
    /// A subscriber to virtual addresses counts if an instance of the service has one of them, and until it has acknowledged the last
    /// change of the service: its copy may still show an instance that had one.
    /// </remarks>
    public AcknowledgedVersion Acknowledged(string service)
    {
        RegistrySnapshot snapshot = _registry.ReadSnapshot();
        string name = ServiceName.Canonical(service);
        ulong changed = LastChangeOf(name, snapshot);
        ulong oldest = snapshot.Version;
        int count = 0;
        lock (_gate)
        {
            foreach (Subscription subscription in _subscriptions)
            {
                ulong acknowledged = subscription.Acknowledged;
                InstanceFilter filter = subscription.Filter;
                if (Covers(filter, name, snapshot) || (filter.SelectsByAddress && acknowledged < changed))
                {
                    oldest = Math.Min(oldest, acknowledged);
                    count++;
                }
            }
        }

        return new AcknowledgedVersion(new RegistryVersion(_registry.BootEpoch, oldest), count);
    }

    /// <summary>For people and metrics.</summary>
    public SubscriberReport Read()
    {
        ulong version = _registry.ReadSnapshot().Version;
        ulong oldest = version;
        lock (_gate)
        {
            foreach (Subscription subscription in _subscriptions)
            {
                oldest = Math.Min(oldest, subscription.Acknowledged);
            }

            return new SubscriberReport(_subscriptions.Count, oldest, version);
        }
    }

    internal void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            if (subscription.Place < 0)
            {
                return;
            }

            Subscription last = _subscriptions[^1];
            _subscriptions[subscription.Place] = last;
            last.Place = subscription.Place;
            subscription.Place = -1;
            _subscriptions.RemoveAt(_subscriptions.Count - 1);
        }
    }

    private static bool Covers(InstanceFilter filter, string service, RegistrySnapshot snapshot) =>
        filter.Kind switch
        {
            FilterKind.All => true,
            FilterKind.Services => filter.Names.AsSpan().BinarySearch(service, Utf8Order.Instance) >= 0,
            _ => filter.Names.Any(vip =>
                snapshot.Vip(vip, filter.Kind == FilterKind.SecureVips)?.Services.Contains(service) == true
            ),
        };

    // When an instance of the service changed last; of one without instances as far as is remembered, else later than that.
    private ulong LastChangeOf(string service, RegistrySnapshot snapshot)
    {
        if (snapshot.Service(service) is { } entry)
        {
            return entry.Version;
        }

        ulong version = snapshot.Version;
        while (version > 0 && _registry.TryReadChange(version, out Change change) && change.Record.Service.Text != service)
        {
            version--;
        }

        return version;
    }
}

/// <summary>The subscribers of a registry at one moment.</summary>
/// <param name="Count">How many.</param>
/// <param name="OldestAcknowledged">The oldest version that one of them acknowledged last; <paramref name="Version"/> if there is none.</param>
/// <param name="Version">The registry's version.</param>
public readonly record struct SubscriberReport(int Count, ulong OldestAcknowledged, ulong Version);
