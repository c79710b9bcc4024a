using Microsoft.Extensions.DependencyInjection;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting;

/// <summary>Adds to a registry that <c>AddRollcall</c> has put into an application.</summary>
public sealed class RollcallBuilder
{
    internal RollcallBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Opens the registry over <paramref name="transport"/>, which the host starts, stops and disposes of.</summary>
    public RollcallBuilder AddTransport(IServerTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return AddTransport(_ => transport);
    }

    /// <summary>The same, with a transport that needs services of the application.</summary>
    public RollcallBuilder AddTransport(Func<IServiceProvider, IServerTransport> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Services.AddSingleton(new TransportSource(factory));
        return this;
    }
}

/// <summary>Makes one transport. Of its own type: other <see cref="IServerTransport"/> stay alone.</summary>
internal sealed record TransportSource(Func<IServiceProvider, IServerTransport> Create);
