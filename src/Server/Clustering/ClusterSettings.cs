using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting;
using Rollcall.Hosting.Clustering;
using Rollcall.Server.Tls;

namespace Rollcall.Server.Clustering;

/// <summary>What the server was told of its cluster, checked; there is none if it was told nothing.</summary>
/// <param name="Options">Of this node.</param>
/// <param name="Peers">Where the others are, each once.</param>
/// <param name="Credential">Shown to those whose address names no other; null: nothing is.</param>
/// <param name="Authorities">Vouch for their certificates; null: those of the system do.</param>
internal sealed record ClusterSettings(
    ClusterOptions Options,
    IReadOnlyList<PeerAddress> Peers,
    LinkCredential? Credential,
    X509Certificate2Collection? Authorities
)
{
    public const string ClusterSection = ServerSettings.Section + ":Cluster";
    public const string PeersSection = ServerSettings.Section + ":Peers";
    public const string ClusterIdKey = ClusterSection + ":" + nameof(ClusterOptions.ClusterId);
    public const string AddressesKey = PeersSection + ":" + nameof(PeerSettings.Addresses);
    public const string AuthoritiesKey = PeersSection + ":" + nameof(PeerSettings.Authorities);

    /// <summary>Reads the settings; null: the node stands alone.</summary>
    public static ClusterSettings? Read(
        IConfiguration configuration,
        bool insecureAllowed,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        IConfigurationSection cluster = configuration.GetSection(ClusterSection);
        IConfigurationSection peers = configuration.GetSection(PeersSection);
        ClusterOptions options = ClusterOptionKeys.All.Bind(cluster, ClusterOptionKeys.Defaults, problems);
        PeerSettings settings = PeerSettings.Keys.Bind(peers, new(), problems);
        X509Certificate2Collection? authorities = CertificateFiles.Authorities(settings.Authorities, AuthoritiesKey, problems);
        string[] texts = settings.Addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IReadOnlyList<PeerAddress> addresses = PeerAddress.ReadAll(AddressesKey, texts, PeerSchemes.Ports, PeerSchemes.Form, problems);
        foreach (PeerAddress address in addresses.Where(address => !PeerSchemes.IsEncrypted(address) && !address.IsLoopback))
        {
            const string Danger = "is dialled without TLS: everything sent, tokens too, can be read on the way";
            if (insecureAllowed)
            {
                warnings.Add($"Peer {address} {Danger} (--insecure)");
            }
            else
            {
                problems.Add(new(AddressesKey, address.ToString(), $"{Danger}. Dial tcps://, quic:// or https://, or accept it with --insecure."));
            }
        }

        LinkCredential? credential = settings.Token.Length == 0 ? null : new LinkCredential(null, settings.Token);
        return cluster.GetChildren().Any() || peers.GetChildren().Any()
            ? new ClusterSettings(options, addresses, credential, authorities)
            : null;
    }
}
