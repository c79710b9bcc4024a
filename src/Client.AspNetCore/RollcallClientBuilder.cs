using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rollcall.Client.Servers;

namespace Rollcall.Client.AspNetCore;

/// <summary>Adds to a client what it needs: servers, the own registration, a health check.</summary>
public sealed class RollcallClientBuilder
{
    internal RollcallClientBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Key of the client; empty: the one without a key.</summary>
    public string Name { get; }

    /// <summary>Adds a node of the registry.</summary>
    public RollcallClientBuilder AddServer(RegistryServer server) => Configure(settings => settings.Servers.Add(server));

    /// <summary>Registers the application when it has started.</summary>
    public RollcallClientBuilder Register(SelfOptions self) => Configure(settings => settings.Self = self);

    /// <summary>Changes settings.</summary>
    public RollcallClientBuilder Configure(Action<RollcallClientSettings> configure)
    {
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Adds a health check that says how long ago the registry was heard.</summary>
    /// <param name="freshness">Up to which age it is healthy; absent: half a minute.</param>
    public RollcallClientBuilder AddHealthCheck(TimeSpan? freshness = null)
    {
        string name = Name;
        Services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name.Length == 0 ? RegistryHealthCheck.Tag : $"{RegistryHealthCheck.Tag}-{name}",
                    services => new RegistryHealthCheck(services.GetRollcallClient(name), freshness ?? TimeSpan.FromSeconds(30)),
                    null,
                    [RegistryHealthCheck.Tag]
                )
            );
        return this;
    }
}
