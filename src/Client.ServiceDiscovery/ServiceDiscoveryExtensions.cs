using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Rollcall.Client.ServiceDiscovery;

/// <summary>Lets Microsoft.Extensions.ServiceDiscovery find what the registry knows. The client is a service of the container.</summary>
public static class ServiceDiscoveryExtensions
{
    /// <summary>
    /// Makes instances endpoints: <c>services.AddServiceDiscovery().AddRollcallServiceEndpointProvider()</c>. It is asked after the
    /// providers that were added before it, and before the library's own that takes a name as one of DNS.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Key of the registry's client; absent: the one without a key. Once for each registry.</param>
    /// <param name="shouldApplyHostName">
    /// Whether requests to an endpoint have the service's name as their host, and TLS asks for it; absent: no, they have the endpoint's.
    /// </param>
    public static IServiceCollection AddRollcallServiceEndpointProvider(
        this IServiceCollection services,
        string? name = null,
        Func<ServiceEndpoint, bool>? shouldApplyHostName = null
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddServiceDiscoveryCore();
        return services.AddSingleton<IServiceEndpointProviderFactory>(provider => new CatalogueEndpointProviderFactory(
            name is null ? provider.GetRequiredService<RollcallClient>() : provider.GetRequiredKeyedService<RollcallClient>(name),
            shouldApplyHostName ?? (_ => false),
            provider.GetRequiredService<IOptions<ServiceDiscoveryOptions>>()
        ));
    }
}
