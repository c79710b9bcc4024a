using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Rollcall.Client.ServiceDiscovery;

/// <summary>Makes a provider for each name that is asked for.</summary>
internal sealed class CatalogueEndpointProviderFactory(
    RollcallClient client,
    Func<ServiceEndpoint, bool> shouldApplyHostName,
    IOptions<ServiceDiscoveryOptions> options
) : IServiceEndpointProviderFactory
{
    /// <summary>Always: the library asks once for a name, and what the registry does not know now it may know later.</summary>
    public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
    {
        provider = new CatalogueEndpointProvider(client, query.ServiceName, EndpointSchemes.Of(query, options.Value), shouldApplyHostName);
        return true;
    }
}
