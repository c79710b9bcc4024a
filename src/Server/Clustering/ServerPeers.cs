using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;
using Rollcall.Server.Tls;
using Rollcall.Transports.Http.Peering;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;

namespace Rollcall.Server.Clustering;

/// <summary>The peers that the settings name: the one place where an address becomes something that keeps up with a peer.</summary>
internal sealed class ServerPeers
{
    private JavaMesh? _mesh; // one for all Java servers, made with the first; by the host, one peer at a time

    /// <summary>All of them; none if the node stands alone.</summary>
    public IReadOnlyList<ConfiguredPeer> Of(ServerSettings settings)
    {
        IReadOnlyList<PeerAddress> addresses = AddressesOf(settings);
        JavaMesh MeshOf(ClusterHost host) =>
            _mesh ??= new JavaMesh(host.Node, ownPeersFirst: !addresses.All(PeerSchemes.IsEureka), host.Node.Registry.Now);
        return
        [
            .. addresses.Select(address =>
                PeerSchemes.IsEureka(address) ? CreateEureka(address, settings, MeshOf) : ConfiguredPeer.Node(DialerOf(address, settings))
            ),
        ];
    }

    /// <summary>From now on the peers are those of other settings. One that is to be shown, or believed, something else is dialled anew.</summary>
    public void Change(ClusterHost host, ServerSettings from, ServerSettings to)
    {
        IReadOnlyList<ConfiguredPeer> peers = Of(to);
        string[] kept = [.. AddressesOf(to).Where(peer => IsReachedAlike(peer, from, to)).Select(peer => peer.ToString())];
        host.SetPeers([.. peers.Where(peer => kept.Contains(peer.Address))]);
        host.SetPeers(peers);
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

    private static IReadOnlyList<PeerAddress> AddressesOf(ServerSettings settings) => settings.Cluster?.Peers ?? [];

    private static bool IsReachedAlike(PeerAddress peer, ServerSettings from, ServerSettings to) =>
        from.Cluster is { } before
        && before.Peers.Contains(peer)
        && before.Credential == to.Cluster!.Credential
        && (before.Authorities ?? []).SequenceEqual(to.Cluster.Authorities ?? [])
        && Equals(from.Tls?.Certificate, to.Tls?.Certificate);

    private static ConfiguredPeer CreateEureka(PeerAddress address, ServerSettings settings, Func<ClusterHost, JavaMesh> meshOf)
    {
        // The cluster's token is for its own nodes: another's server is shown only what stands in its address.
        var options = new EurekaPeerOptions();
        options = options with
        {
            Http = options.Http with
            {
                User = address.Credential?.User,
                Token = address.Credential?.Token,
                Trust = TrustOf(settings),
            },
        };
        bool isSelf =
            settings.Http is { } http
            && Uri.TryCreate(http.Url, UriKind.Absolute, out Uri? url)
            && (url.IdnHost, url.Port) == (address.Host, address.Port);
        return new ConfiguredPeer(address.ToString(), host => new EurekaRunner(host, meshOf(host), address, options, isSelf));
    }

    // A certificate that is for servers only proves no client: a peer that asks for one would refuse it, and the token with it.
    private static TlsTrust TrustOf(ServerSettings settings) =>
        new()
        {
            Authorities = settings.Cluster!.Authorities,
            ClientCertificate = settings.Tls?.Certificate is { } own && CertificateFiles.IsForClients(own) ? own : null,
        };

    private static IPeerDialer DialerOf(PeerAddress address, ServerSettings settings)
    {
        // What stands in the address goes before what is meant for all.
        LinkCredential? credential = address.Credential ?? settings.Cluster!.Credential;
        TlsTrust trust = TrustOf(settings);
        return address.Scheme switch
        {
            "tcp" or "tcps" => TcpPeer.At(address.Uri, credential, trust, settings.Wire),
            "quic" => QuicPeer.At(address.Uri, credential, trust, settings.Wire),
            _ => HttpPeer.At(address.Uri, credential, trust, settings.Wire),
        };
    }
}
