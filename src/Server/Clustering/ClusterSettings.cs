using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core.Replication;
using Rollcall.Hosting;
using Rollcall.Server.Tls;

namespace Rollcall.Server.Clustering;

/// <summary>What the server was told of its cluster, checked; there is none if it was told nothing.</summary>
/// <param name="Options">Of this node.</param>
/// <param name="Peers">Where the others are, each once.</param>
/// <param name="Token">Shown to those whose address names no other; empty: none.</param>
/// <param name="Authorities">Vouch for their certificates; null: those of the system do.</param>
internal sealed record ClusterSettings(
    ClusterOptions Options,
    IReadOnlyList<PeerAddress> Peers,
    string Token,
    X509Certificate2Collection? Authorities
)
{
    public const string ClusterSection = ServerSettings.Section + ":Cluster";
    public const string PeersSection = ServerSettings.Section + ":Peers";
    public const string ClusterIdKey = ClusterSection + ":" + nameof(ClusterOptions.ClusterId);
    public const string AddressesKey = PeersSection + ":" + nameof(PeerSettings.Addresses);
    public const string AuthoritiesKey = PeersSection + ":" + nameof(PeerSettings.Authorities);

    /// <summary>The cluster of nodes that were told peers, but no name.</summary>
    public static ClusterOptions Defaults { get; } = new() { ClusterId = "rollcall" };

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
        ClusterOptions options = ClusterOptionKeys.All.Bind(cluster, Defaults, problems);
        PeerSettings settings = PeerSettings.Keys.Bind(peers, new(), problems);
        X509Certificate2Collection? authorities = CertificateFiles.Authorities(settings.Authorities, AuthoritiesKey, problems);
        PeerAddress[] addresses = [.. ReadAddresses(settings.Addresses, problems)];
        foreach (PeerAddress address in addresses.Where(address => !address.IsEncrypted && !address.IsLoopback))
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

        return cluster.GetChildren().Any() || peers.GetChildren().Any()
            ? new ClusterSettings(options, addresses, settings.Token, authorities)
            : null;
    }

    private static IEnumerable<PeerAddress> ReadAddresses(string text, ICollection<ConfigurationProblem> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!PeerAddress.TryParse(part, out PeerAddress? address))
            {
                problems.Add(new(AddressesKey, part, $"is no address of a peer: write {PeerAddress.Form}."));
            }
            else if (seen.Add(address.ToString()))
            {
                yield return address;
            }
        }
    }
}
