using System.Diagnostics.CodeAnalysis;
using System.Net;
using Rollcall.Configuration;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>Where a peer is, and what to show it. Its text never holds the secret.</summary>
/// <param name="Scheme">Lower case.</param>
/// <param name="Host">Name or IP address, without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Credential">What the address says to show; null: nothing.</param>
/// <param name="Path">Of a registry of another kind, whose scheme has a plus: where it is on its server; else empty.</param>
public sealed record PeerAddress(string Scheme, string Host, int Port, LinkCredential? Credential, string Path)
{
    /// <summary>True if nobody beyond this machine is dialled.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>For whoever dials it; without the credential.</summary>
    public Uri Uri => new(ToString());

    /// <summary>Reads <c>SCHEME://[[USER:]TOKEN@]HOST[:PORT]</c>, with a path where the scheme has a plus.</summary>
    /// <param name="text">The address.</param>
    /// <param name="ports">The schemes there are, each with the port of an address that names none; 0: it must name one.</param>
    /// <param name="address">What was read.</param>
    public static bool TryParse(string text, IReadOnlyDictionary<string, int> ports, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || !ports.TryGetValue(uri.Scheme, out int port) || uri.Host.Length == 0)
        {
            return false;
        }

        bool hasPath = uri.Scheme.Contains('+', StringComparison.Ordinal);
        if ((hasPath ? uri.Query : uri.PathAndQuery.Trim('/')).Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        string path = hasPath ? uri.AbsolutePath.TrimEnd('/') : "";
        address = new PeerAddress(uri.Scheme, uri.IdnHost.Trim('[', ']'), NamesPort(text, path) ? uri.Port : port, CredentialOf(uri), path);
        return address.Port > 0;
    }

    /// <summary>Reads addresses, each once; what is none becomes one of <paramref name="problems"/>.</summary>
    /// <param name="key">Where they are said.</param>
    /// <param name="texts">The addresses.</param>
    /// <param name="ports">As of <see cref="TryParse"/>.</param>
    /// <param name="form">What they may be, for people.</param>
    /// <param name="problems">Added to; what it says shows no credentials.</param>
    public static IReadOnlyList<PeerAddress> ReadAll(
        string key,
        IEnumerable<string> texts,
        IReadOnlyDictionary<string, int> ports,
        string form,
        ICollection<ConfigurationProblem> problems
    )
    {
        var addresses = new List<PeerAddress>();
        foreach (string text in texts)
        {
            if (!TryParse(text, ports, out PeerAddress? address))
            {
                problems.Add(ConfigurationProblem.OfAddress(key, text, $"is no address of a peer: write {form}."));
            }
            else if (!addresses.Exists(other => other.ToString() == address.ToString()))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}{Path}" : $"{Scheme}://{Host}:{Port}{Path}";

    // A port that is the scheme's own is as good as any, and Uri does not say whether it was named.
    private static bool NamesPort(string text, string path)
    {
        string place = text.TrimEnd('/');
        place = place[..^(place.EndsWith(path, StringComparison.Ordinal) ? path.Length : 0)];
        string number = place[(place.LastIndexOf(':') + 1)..];
        return number.Length > 0 && number.All(char.IsAsciiDigit);
    }

    private static LinkCredential? CredentialOf(Uri uri)
    {
        string[] info = uri.UserInfo.Split(':', 2);
        string token = Uri.UnescapeDataString(info[^1]);
        string? user = info is [{ Length: > 0 } name, _] ? Uri.UnescapeDataString(name) : null;
        return token.Length == 0 ? null : new LinkCredential(user, token);
    }
}
