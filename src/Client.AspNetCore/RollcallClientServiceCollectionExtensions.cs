using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore.Configuration;

namespace Rollcall.Client.AspNetCore;

/// <summary>Puts a client into an application: <c>services.AddRollcallClient().AddServer(…).Register(…)</c>.</summary>
/// <remarks>
/// Each overload may be called any number of times for one name: there is one client of it, and settings apply in the order of the calls.
/// The host refuses to start if they are wrong, with all problems in one exception. A client with a name is a keyed service.
/// </remarks>
public static class RollcallClientServiceCollectionExtensions
{
    /// <summary>A client with the defaults.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Key, for one registry of several; absent: the one without a key.</param>
    public static RollcallClientBuilder AddRollcallClient(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        string key = name ?? Options.DefaultName;
        var builder = new RollcallClientBuilder(services, key);
        if (services.Any(service => service.ImplementationInstance is ClientName known && known.Name == key))
        {
            return builder;
        }

        services.AddSingleton(new ClientName(key));
        services.AddOptions<RollcallClientSettings>(key).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RollcallClientSettings>, RollcallClientSettingsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        if (key.Length == 0)
        {
            services.TryAddSingleton(provider => CreateClient(provider, key));
        }
        else
        {
            services.TryAddKeyedSingleton(key, (provider, _) => CreateClient(provider, key));
        }

        services.AddSingleton<IHostedService>(provider => CreateHost(provider, key));
        return builder;
    }

    /// <summary>A client as <paramref name="section"/> says; <c>ConfigurationSchema.json</c> has its keys.</summary>
    public static RollcallClientBuilder AddRollcallClient(this IServiceCollection services, IConfiguration section, string? name = null) =>
        services.AddRollcallClient(settings => ClientSection.Read(section, settings), name);

    /// <summary>A client with what <paramref name="configure"/> sets.</summary>
    public static RollcallClientBuilder AddRollcallClient(
        this IServiceCollection services,
        Action<RollcallClientSettings> configure,
        string? name = null
    ) => services.AddRollcallClient(name).Configure(configure);

    /// <summary>A client with what <paramref name="configure"/> makes of the defaults.</summary>
    public static RollcallClientBuilder AddRollcallClient(
        this IServiceCollection services,
        Func<ClientOptions, ClientOptions> configure,
        string? name = null
    ) => services.AddRollcallClient(name).Configure(settings => settings.Client = configure(settings.Client));

    /// <summary>A client with these options.</summary>
    public static RollcallClientBuilder AddRollcallClient(this IServiceCollection services, ClientOptions options, string? name = null) =>
        services.AddRollcallClient(_ => options, name);

    /// <summary>Lets requests of an HTTP client go to instances of the service that the URL names.</summary>
    /// <param name="builder">The HTTP client.</param>
    /// <param name="name">Key of the registry's client; absent: the one without a key.</param>
    public static IHttpClientBuilder AddRollcallDiscovery(this IHttpClientBuilder builder, string? name = null) =>
        builder.AddHttpMessageHandler(services => new RollcallHandler(services.GetRollcallClient(name ?? Options.DefaultName)));

    internal static RollcallClient GetRollcallClient(this IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetRequiredService<RollcallClient>() : services.GetRequiredKeyedService<RollcallClient>(name);

    private static RollcallClient CreateClient(IServiceProvider services, string name)
    {
        RollcallClientSettings settings = SettingsOf(services, name);
        ILogger logger = LoggerOf(services);
        return new RollcallClient(
            settings.Client,
            settings.AllServers([]), // what is wrong with them has been said: by the validator
            services.GetRequiredService<TimeProvider>(),
            notice => logger.Notice(notice.Problem ? LogLevel.Warning : LogLevel.Information, notice.Kind, notice.Message),
            CreateMeter(services, name)
        );
    }

    // The factory's meters live as long as the container; clients of several registries are told apart by their keys.
    private static Meter? CreateMeter(IServiceProvider services, string name) =>
        services
            .GetService<IMeterFactory>()
            ?.Create(
                new MeterOptions(RollcallClient.TelemetryName)
                {
                    Tags = name.Length == 0 ? null : [KeyValuePair.Create<string, object?>("client", name)],
                }
            );

    private static ClientHost CreateHost(IServiceProvider services, string name) =>
        new(
            services.GetRollcallClient(name),
            SettingsOf(services, name),
            LoggerOf(services),
            services.GetService<IServer>(),
            services.GetService<HealthCheckService>()
        );

    private static RollcallClientSettings SettingsOf(IServiceProvider services, string name) =>
        services.GetRequiredService<IOptionsMonitor<RollcallClientSettings>>().Get(name);

    private static ILogger LoggerOf(IServiceProvider services) => services.GetRequiredService<ILogger<RollcallClient>>();

    /// <summary>Says that a client of this name has been added.</summary>
    private sealed record ClientName(string Name);
}
