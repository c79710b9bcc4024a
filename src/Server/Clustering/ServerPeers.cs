using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;
using Rollcall.Transports.Http.Peering;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Server.Clustering;

/// <summary>The peers that the settings name: the one place where an address becomes something that keeps up with a peer.</summary>
internal static class ServerPeers
{
    /// <summary>All of them; none if the node stands alone.</summary>
    public static IReadOnlyList<ConfiguredPeer> Create(ServerSettings settings)
    {
        IReadOnlyList<PeerAddress> addresses = settings.Cluster?.Peers ?? [];
        JavaMesh? mesh = null; // one for all Java servers, made with the first
        JavaMesh MeshOf(ClusterHost host) =>
            mesh ??= new JavaMesh(host.Node, ownPeersFirst: addresses.Any(address => !address.IsEureka), host.Node.Registry.Now);
        return
        [
            .. addresses.Select(address => address.IsEureka ? CreateEureka(address, settings, MeshOf) : Create(address, settings)),
        ];
    }

    /// <summary>What keeps up with them, and takes those that come in; null: the node stands alone.</summary>
    public static ClusterHost? CreateHost(ServerSettings settings, RegistryService registry, ILoggerFactory loggers)
    {
        if (settings.Cluster is not { } cluster)
        {
            return null;
        }

        var node = new ClusterNode(registry, expectsPeers: cluster.Peers.Count > 0, registry.Now);
        return new ClusterHost(node, TimeProvider.System, loggers.CreateLogger<ClusterHost>());
    }

    private static ConfiguredPeer Create(PeerAddress address, ServerSettings settings)
    {
        WireCredentials credentials = CredentialsFor(address, settings.Cluster!);
        TlsTrust trust = TrustOf(settings);
        return ConfiguredPeer.Node(new WirePeerDialer(() => DialerOf(address, settings, trust), credentials, settings.Wire));
    }

    private static ConfiguredPeer CreateEureka(PeerAddress address, ServerSettings settings, Func<ClusterHost, JavaMesh> meshOf)
    {
        // The cluster's token is for its own nodes: another's server is shown only what stands in its address.
        var options = new EurekaPeerOptions();
        options = options with
        {
            Http = options.Http with
            {
                User = address.User.Length > 0 ? address.User : null,
                Token = address.Secret.Length > 0 ? address.Secret : null,
                Trust = TrustOf(settings),
            },
        };
        bool isSelf =
            settings.Http is { } http
            && Uri.TryCreate(http.Url, UriKind.Absolute, out Uri? url)
            && (url.IdnHost, url.Port) == (address.Host, address.Port);
        return new ConfiguredPeer(address.ToString(), host => new EurekaRunner(host, meshOf(host), address, options, isSelf));
    }

    private static TlsTrust TrustOf(ServerSettings settings) =>
        new() { Authorities = settings.Cluster!.Authorities, ClientCertificate = settings.Tls?.Certificate };

    private static IWireDialer DialerOf(PeerAddress address, ServerSettings settings, TlsTrust trust) =>
        address.Scheme switch
        {
            "tcp" => new TcpDialer(new() { Host = address.Host, Port = address.Port }),
            "tcps" => new TcpDialer(new() { Host = address.Host, Port = address.Port, Tls = trust }),
            "quic" => new QuicDialer(
                new()
                {
                    Host = address.Host,
                    Port = address.Port,
                    Trust = trust,
                    TrustLoopback = trust.Authorities is null,
                }
            ),
            _ => new HttpUpgradeDialer(new Uri(address.ToString()), AuthorizationFor(address, settings.Cluster!), trust),
        };

    private static AuthenticationHeaderValue? AuthorizationFor(PeerAddress address, ClusterSettings cluster) =>
        (address.User.Length, address.Secret.Length, cluster.Token.Length) switch
        {
            ( > 0, > 0, _) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address.User}:{address.Secret}"))),
            (_, > 0, _) => new("Bearer", address.Secret),
            (_, _, > 0) => new("Bearer", cluster.Token),
            _ => null,
        };

    // What stands in the address goes before what is meant for all.
    private static WireCredentials CredentialsFor(PeerAddress address, ClusterSettings cluster) =>
        (address.User.Length, address.Secret.Length, cluster.Token.Length) switch
        {
            ( > 0, > 0, _) => WireCredentials.Password(address.User, address.Secret),
            (_, > 0, _) => WireCredentials.Token(address.Secret),
            (_, _, > 0) => WireCredentials.Token(cluster.Token),
            _ => WireCredentials.None,
        };
}
