using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>The peers of an application's node as it was told of them, and what dials them.</summary>
internal sealed class PeerList
{
    /// <summary>Key of the addresses beside the options of <see cref="ClusterOptions"/>: with spaces between, or an array.</summary>
    public const string PeersKey = "Peers";

    /// <summary>Key of what is shown to those whose address names no token.</summary>
    public const string TokenKey = "Token";

    private readonly SortedDictionary<string, Func<PeerAddress, LinkCredential?, ConfiguredPeer>> _schemes = new(StringComparer.Ordinal);
    private string _key = PeersKey;
    private IReadOnlyList<string> _texts = [];
    private LinkCredential? _credential;

    /// <summary>True if there are any.</summary>
    public bool Any => _texts.Count > 0;

    /// <summary>From now on these.</summary>
    public void Set(IEnumerable<string> addresses) => _texts = [.. addresses];

    /// <summary>From now on those of the section, and its token, as far as it names them.</summary>
    public void Set(IConfiguration section)
    {
        IConfigurationSection peers = section.GetSection(PeersKey);
        if (peers.Exists())
        {
            _key = peers.Path;
            _texts =
            [
                .. (peers.Value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
                .. peers.GetChildren().Select(entry => entry.Value).OfType<string>(),
            ];
        }

        _credential = section[TokenKey] is { Length: > 0 } token ? new LinkCredential(null, token) : _credential;
    }

    /// <summary>Says what keeps up with peers whose addresses have a scheme.</summary>
    public void Add(string scheme, Func<PeerAddress, LinkCredential?, ConfiguredPeer> create) => _schemes[scheme] = create;

    /// <summary>The peers; addresses that are none, or that nothing dials, become problems.</summary>
    public IReadOnlyList<ConfiguredPeer> Create(ICollection<ConfigurationProblem> problems)
    {
        string form =
            _schemes.Count == 0
                ? "SCHEME://HOST:PORT, of a scheme that AddPeers(SCHEME, …) adds; none is added"
                : $"SCHEME://HOST:PORT, of a scheme that AddPeers(SCHEME, …) adds; added: {string.Join(", ", _schemes.Keys)}";
        IReadOnlyList<PeerAddress> addresses = PeerAddress.ReadAll(_key, _texts, _schemes.ToDictionary(scheme => scheme.Key, _ => 0), form, problems);
        return [.. addresses.Select(address => _schemes[address.Scheme](address, _credential))];
    }
}
