using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore.Configuration;
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

    /// <summary>Says how addresses of a scheme are opened that the configuration names: <c>AddLink("tcp", TcpLink.OpenAsync)</c>.</summary>
    public RollcallClientBuilder AddLink(string scheme, LinkOpener open) => Configure(settings => settings.Links[scheme] = open);

    /// <summary>Registers the application when it has started.</summary>
    public RollcallClientBuilder Register(SelfOptions self) => Configure(settings => settings.Self = self);

    /// <summary>
    /// Takes over what <c>eureka:client:*</c> and <c>eureka:instance:*</c> of Steeltoe and Spring say, as far as it means something here;
    /// a line at start says what. Whatever else is said about the client, before or after, counts more.
    /// </summary>
    /// <param name="configuration">The application's configuration, from its root.</param>
    public RollcallClientBuilder ImportEureka(IConfiguration configuration)
    {
        var import = new ConfigureNamedOptions<RollcallClientSettings>(Name, settings => EurekaImport.Read(configuration, settings));
        Services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<RollcallClientSettings>>(import)); // before all others
        return this;
    }

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
