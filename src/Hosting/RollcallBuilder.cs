using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;

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

    /// <summary>Makes it a node of a cluster. Those who dial it come in by its transports.</summary>
    /// <param name="options">Those of the node; its cluster's name at least.</param>
    /// <param name="peers">Where other nodes are, <c>tcp://HOST:PORT</c>; one that is enough to reach the others will do.</param>
    public RollcallBuilder AddCluster(ClusterOptions options, params IEnumerable<string> peers)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] addresses = [.. peers];
        return Configure(o =>
        {
            o.Registry = o.Registry with { Cluster = options };
            o.Peers.Set(addresses);
        });
    }

    /// <summary>
    /// The same, as <paramref name="section"/> says: keys are those of <see cref="ClusterOptions"/>; <c>Peers</c>, addresses with spaces
    /// between or an array; and <c>Token</c>, shown to peers whose address holds none.
    /// </summary>
    public RollcallBuilder AddCluster(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Configure(o =>
        {
            ClusterOptions before = o.Registry.Cluster ?? ClusterOptionKeys.Defaults;
            ClusterOptions bound = ClusterOptionKeys.All.Bind(section, before, o.Problems, PeerList.PeersKey, PeerList.TokenKey);
            o.Registry = o.Registry with { Cluster = bound };
            o.Peers.Set(section);
        });
    }

    /// <summary>Says how nodes of the cluster are dialled whose addresses have a scheme: <c>AddPeers("tcp", TcpPeer.At)</c>.</summary>
    public RollcallBuilder AddPeers(string scheme, Func<Uri, LinkCredential?, IPeerDialer> dial) =>
        Configure(o => o.Peers.Add(scheme, (address, common) => ConfiguredPeer.Node(dial(address.Uri, address.Credential ?? common))));

    private RollcallBuilder Configure(Action<RollcallOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }
}

/// <summary>Makes one transport. Of its own type: other <see cref="IServerTransport"/> stay alone.</summary>
internal sealed record TransportSource(Func<IServiceProvider, IServerTransport> Create);
