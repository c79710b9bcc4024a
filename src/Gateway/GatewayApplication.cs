using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Yarp;
using Rollcall.Core.Seams;
using Rollcall.Dialing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Rollcall.Gateway;

/// <summary>Puts the gateway together: one route, one cluster, and the instance by the catalogue at the moment of each request.</summary>
internal static class GatewayApplication
{
    private const string ClusterId = "registry";

    /// <summary>An instance that does not accept a connection for so long cannot be reached; on one network it takes milliseconds.</summary>
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(3);

    /// <summary>Requests under way when it is asked to end have so long: as the server, it is gone in five seconds.</summary>
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(4);

    public static WebApplication Build(GatewaySettings settings, string? token)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "rollcall-gateway" });
        AddLog(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(settings.Listen, kestrel));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_stopLimit);
        AddClient(builder.Services, settings, new LinkDialer(token));
        AddProxy(builder.Services, settings);

        WebApplication gateway = builder.Build();
        gateway.Use(ServicePath.TakeAsync);
        gateway.UseRouting();
        gateway.MapReverseProxy(proxy => proxy.UseRollcallInstances(ServicePath.ServiceOf));
        return gateway;
    }

    private static void AddLog(ILoggingBuilder logging) =>
        logging
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // a start that fails is said once, by the command
            .AddFilter("Yarp", LogLevel.Error) // it has a line for each request that fails
            .AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "HH:mm:ss ";
                format.ColorBehavior = LoggerColorBehavior.Disabled;
            })
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    private static void Listen(ListenAddress address, KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // how much it takes is the instance's affair
        foreach (IPEndPoint place in address.EndPoints())
        {
            kestrel.Listen(place);
        }
    }

    private static void AddClient(IServiceCollection services, GatewaySettings settings, LinkDialer dialer)
    {
        RollcallClientBuilder client = services.AddRollcallClient(options => options with { Zone = settings.Zone, Region = settings.Region });
        foreach (string registry in settings.Registries)
        {
            client.AddServer(dialer.Server(registry));
        }
    }

    private static void AddProxy(IServiceCollection services, GatewaySettings settings)
    {
        services
            .AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "service", ClusterId = ClusterId, Match = new() { Path = "{**path}" } }],
                [new ClusterConfig { ClusterId = ClusterId, HttpRequest = new() { ActivityTimeout = settings.AnswerLimit } }]
            )
            .AddTransforms(transforms => transforms.AddRequestTransform(RawPath.KeepAsync))
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = s_connectLimit);
        // YARP brings the keys of its session affinity, which is not used here: they are not to be written to this user's home.
        services.RemoveAll<IHostedService>(service => service.ImplementationType?.Name == "DataProtectionHostedService");
    }

    private static void RemoveAll<TService>(this IServiceCollection services, Predicate<ServiceDescriptor> which)
    {
        foreach (ServiceDescriptor service in services.Where(service => service.ServiceType == typeof(TService) && which(service)).ToArray())
        {
            services.Remove(service);
        }
    }
}
