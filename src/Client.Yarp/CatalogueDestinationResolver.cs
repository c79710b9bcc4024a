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
/// I1: a change token belongs to the very list that was answered with it; it fires when the catalogue has another one, so that no change
/// between reading and listening is missed. One token per service, however often it is asked for.
/// </para>
/// <para>Owner: YARP's configuration and the catalogue's notices, on any thread.</para>
/// </remarks>
internal sealed class CatalogueDestinationResolver : IDestinationResolver, IDisposable
{
    /// <summary>Metadata of a destination: the instance's zone, if it has one.</summary>
    public const string ZoneKey = "Rollcall.Zone";

    /// <summary>Metadata of a destination: the instance's weight.</summary>
    public const string WeightKey = "Rollcall.Weight";

    private readonly RollcallClient _client;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Asked> _asked = new(StringComparer.OrdinalIgnoreCase); // guarded by _gate

    public CatalogueDestinationResolver(RollcallClient client)
    {
        _client = client;
        _client.CatalogueChanged += Notice;
    }

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
            (EndpointList? list, CancellationTokenSource changed) = Ask(address.Host);
            tokens.Add(new CancellationChangeToken(changed.Token));
            if (list is null)
            {
                resolved[name] = configured;
                continue;
            }

            foreach (ServiceEndpoint endpoint in _client.Candidates(list))
            {
                if (Place(address, endpoint) is { } place)
                {
                    resolved[$"{name}[{endpoint.Id}]"] = configured with { Address = place, Metadata = MetadataOf(configured, endpoint) };
                }
            }
        }

        return ValueTask.FromResult(new ResolvedDestinationCollection(resolved, new CompositeChangeToken(tokens)));
    }

    public void Dispose() => _client.CatalogueChanged -= Notice;

    private Asked Ask(string service)
    {
        lock (_gate)
        {
            if (!_asked.TryGetValue(service, out Asked? asked))
            {
                asked = new Asked(_client.Catalogue.Find(service), new CancellationTokenSource());
                _asked.Add(service, asked);
            }

            return asked;
        }
    }

    private void Notice()
    {
        var over = new List<CancellationTokenSource>();
        lock (_gate)
        {
            // Read under the lock: of two notices at once the later one must not put back an older list.
            Catalogue catalogue = _client.Catalogue;
            foreach ((string service, Asked asked) in _asked)
            {
                EndpointList? now = catalogue.Find(service);
                if (!ReferenceEquals(now, asked.List))
                {
                    over.Add(asked.Changed);
                    _asked[service] = new Asked(now, new CancellationTokenSource());
                }
            }
        }

        foreach (CancellationTokenSource changed in over)
        {
            // Whoever listens reloads a configuration: not on the thread that follows the registry.
            _ = changed.CancelAsync();
        }
    }

    /// <summary>The instance's address below which the configured path goes on; null if it cannot be reached by the configured scheme.</summary>
    private static string? Place(Uri configured, ServiceEndpoint endpoint)
    {
        Uri? host = configured.Scheme switch
        {
            "https" => endpoint.Record.SecurePortEnabled ? endpoint.Uri : null,
            "http" => endpoint.PlainUri ?? endpoint.Uri,
            _ => endpoint.Uri,
        };
        return host is null ? null : new Uri(host, configured.AbsolutePath).AbsoluteUri;
    }

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

    /// <summary>What a service was said to be, and what fires when that is no longer so.</summary>
    private sealed record Asked(EndpointList? List, CancellationTokenSource Changed);
}
