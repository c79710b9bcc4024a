using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rollcall.Client.Catalogues;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Rollcall.Client.Yarp;

/// <summary>Puts the instances of a service in place of a destination whose address names it: <c>http://orders</c>.</summary>
/// <remarks>
/// <para>
/// Never waits and never throws: a name that the catalogue does not know stays as it is, it may be one of DNS; it is asked about again
/// when the catalogue knows it. A service that has no instance to call becomes no destination, so YARP answers 503.
/// </para>
/// <para>
/// One token per service, however often it is asked for: it ends when the catalogue has another list than the one answered with it.
/// </para>
/// <para>Owner: YARP's configuration, on any thread.</para>
/// </remarks>
internal sealed class CatalogueDestinationResolver(RollcallClient client) : IDestinationResolver, IDisposable
{
    /// <summary>Metadata of a destination: the instance's zone, if it has one.</summary>
    public const string ZoneKey = "Rollcall.Zone";

    /// <summary>Metadata of a destination: the instance's weight.</summary>
    public const string WeightKey = "Rollcall.Weight";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedService> _asked = new(StringComparer.OrdinalIgnoreCase); // guarded by _gate

    public ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations,
        CancellationToken cancellationToken
    )
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.OrdinalIgnoreCase);
        var tokens = new List<IChangeToken>();
        foreach ((string name, DestinationConfig configured) in destinations)
        {
            var address = new Uri(configured.Address);
            (EndpointList? list, CancellationToken changed) = Watched(address.Host).Read();
            tokens.Add(new CancellationChangeToken(changed));
            if (list is null)
            {
                resolved[name] = configured;
                continue;
            }

            foreach (ServiceEndpoint endpoint in client.Candidates(list))
            {
                if (Place(address, endpoint) is { } place)
                {
                    resolved[$"{name}[{endpoint.Id}]"] = configured with { Address = place, Metadata = MetadataOf(configured, endpoint) };
                }
            }
        }

        return ValueTask.FromResult(new ResolvedDestinationCollection(resolved, new CompositeChangeToken(tokens)));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (WatchedService watched in _asked.Values)
            {
                watched.Dispose();
            }
        }
    }

    private WatchedService Watched(string service)
    {
        lock (_gate)
        {
            if (!_asked.TryGetValue(service, out WatchedService? watched))
            {
                watched = new WatchedService(client, service);
                _asked.Add(service, watched);
            }

            return watched;
        }
    }

    /// <summary>The instance's address below which the configured path goes on; null if it cannot be reached by the configured scheme.</summary>
    private static string? Place(Uri configured, ServiceEndpoint endpoint) =>
        endpoint.UriFor(configured.Scheme) is { } host ? new Uri(host, configured.AbsolutePath).AbsoluteUri : null;

    private static Dictionary<string, string> MetadataOf(DestinationConfig configured, ServiceEndpoint endpoint)
    {
        var metadata = new Dictionary<string, string>(configured.Metadata ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase)
        {
            [WeightKey] = endpoint.Record.Weight.ToString(CultureInfo.InvariantCulture),
        };
        if (endpoint.Zone is { } zone)
        {
            metadata[ZoneKey] = zone;
        }

        return metadata;
    }
}
