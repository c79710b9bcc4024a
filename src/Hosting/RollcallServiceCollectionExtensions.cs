using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;

namespace Rollcall.Hosting;

/// <summary>Puts a registry into an application: <c>services.AddRollcall().AddTransport(…)</c>.</summary>
/// <remarks>
/// Each overload may be called any number of times: there is one registry, and settings apply in the order of the calls. The host
/// refuses to start if they are wrong, with all problems in one exception.
/// </remarks>
public static class RollcallServiceCollectionExtensions
{
    /// <summary>A registry with the defaults.</summary>
    public static RollcallBuilder AddRollcall(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RollcallOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RollcallOptions>, RollcallOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateRegistry);
        services.TryAddSingleton(CreateMeter);
        services.TryAddSingleton(CreateClusterHost);
        services.TryAddSingleton(CreateRunner);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RegistryHostedService>());
        return new RollcallBuilder(services);
    }

    /// <summary>A registry with what <paramref name="configure"/> sets.</summary>
    public static RollcallBuilder AddRollcall(this IServiceCollection services, Action<RollcallOptions> configure)
    {
        RollcallBuilder builder = services.AddRollcall();
        services.Configure(configure);
        return builder;
    }

    /// <summary>A registry as <paramref name="section"/> says; its keys are those of <see cref="RegistryOptions"/>.</summary>
    public static RollcallBuilder AddRollcall(this IServiceCollection services, IConfiguration section) =>
        services.AddRollcall(options => options.Registry = RegistryOptionKeys.All.Bind(section, options.Registry, options.Problems));

    /// <summary>A registry with <paramref name="registryOptions"/>.</summary>
    public static RollcallBuilder AddRollcall(this IServiceCollection services, RegistryOptions registryOptions) =>
        services.AddRollcall(options => options.Registry = registryOptions);

    private static RegistryService CreateRegistry(IServiceProvider services) =>
        new(services.GetRequiredService<IOptions<RollcallOptions>>().Value.Registry, services.GetRequiredService<TimeProvider>());

    private static RegistryMeter CreateMeter(IServiceProvider services) =>
        new(services.GetRequiredService<RegistryService>(), services.GetService<IMeterFactory>());

    private static ClusterHost CreateClusterHost(IServiceProvider services)
    {
        RegistryService registry = services.GetRequiredService<RegistryService>();
        bool expectsPeers = services.GetRequiredService<IOptions<RollcallOptions>>().Value.Peers.Any;
        var node = new ClusterNode(registry, expectsPeers, registry.Now);
        return new(node, services.GetRequiredService<TimeProvider>(), services.GetService<ILogger<ClusterHost>>());
    }

    private static RegistryRunner CreateRunner(IServiceProvider services)
    {
        RollcallOptions options = services.GetRequiredService<IOptions<RollcallOptions>>().Value;
        IServerTransport[] transports = [.. services.GetServices<TransportSource>().Select(source => source.Create(services))];
        return new(
            services.GetRequiredService<RegistryService>(),
            transports,
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<RegistryRunner>>(),
            services.GetRequiredService<RegistryMeter>(),
            options.Registry.Cluster is null ? null : services.GetRequiredService<ClusterHost>(),
            options.Peers.Create([])
        );
    }
}
