using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Rollcall.Client.Yarp;

/// <summary>Lets YARP forward to what the registry knows. The client is added by <c>services.AddRollcallClient()</c>.</summary>
/// <remarks>
/// Two ways. <see cref="UseRollcallInstances"/> chooses for each request, with the client's zones, weights, failures put aside and another
/// try. <see cref="AddRollcallDestinations"/> gives YARP the instances as destinations, for its own policies, session affinity and health
/// checks.
/// </remarks>
public static class ReverseProxyExtensions
{
    /// <summary>Puts instances in the place of destinations whose address names a service: <c>http://orders</c>.</summary>
    /// <param name="builder">YARP.</param>
    /// <param name="name">Key of the registry's client; absent: the one without a key.</param>
    public static IReverseProxyBuilder AddRollcallDestinations(this IReverseProxyBuilder builder, string? name = null)
    {
        builder.Services.AddSingleton<IDestinationResolver>(services => new CatalogueDestinationResolver(
            services.GetRollcallClient(name ?? Options.DefaultName)
        ));
        return builder;
    }

    /// <summary>
    /// Sends each request to an instance, in place of YARP's load balancing; a cluster needs no destinations then. A service that is
    /// unknown or has no instance to call is answered 503, an instance that cannot be reached 502, one that takes too long 504, each
    /// with a line that says why.
    /// </summary>
    /// <param name="proxy">Of <c>MapReverseProxy</c>.</param>
    /// <param name="service">Name of the service that a request is for; absent: the id of its cluster.</param>
    /// <param name="name">Key of the registry's client; absent: the one without a key.</param>
    public static IReverseProxyApplicationBuilder UseRollcallInstances(
        this IReverseProxyApplicationBuilder proxy,
        Func<HttpContext, string>? service = null,
        string? name = null
    )
    {
        RollcallClient client = proxy.ApplicationServices.GetRollcallClient(name ?? Options.DefaultName);
        Func<HttpContext, string> serviceOf = service ?? (context => context.GetReverseProxyFeature().Cluster.Config.ClusterId);
        proxy.Use(next => new InstanceMiddleware(next, client, serviceOf).InvokeAsync);
        return proxy;
    }
}
