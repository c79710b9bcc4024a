using Rollcall.Client;
using Rollcall.Client.Servers;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;

namespace Rollcall.Dialing;

/// <summary>Opens links to addresses of every scheme: for programs that are told their registry's address when they start.</summary>
/// <remarks>An application that knows which transport it uses references that one, and ships no other.</remarks>
/// <param name="token">Shown to every server; null: none.</param>
/// <param name="trust">Which servers are believed; null: those that the system believes, and over QUIC any on this machine.</param>
public sealed class LinkDialer(string? token = null, TlsTrust? trust = null)
{
    /// <summary>What an address may be, for people.</summary>
    public const string Forms = "tcp://HOST:PORT, tcps://, quic://, http://, https://, or eureka+http://HOST:PORT/eureka of a Java server";

    private static readonly Dictionary<string, LinkOpener> s_openers = new(StringComparer.Ordinal)
    {
        ["tcp"] = TcpLink.OpenAsync,
        ["tcps"] = TcpLink.OpenAsync,
        ["quic"] = QuicLink.OpenAsync,
        ["http"] = HttpLink.OpenAsync,
        ["https"] = HttpLink.OpenAsync,
        [EurekaAddress.Scheme] = EurekaLink.OpenAsync,
        [EurekaAddress.SecureScheme] = EurekaLink.OpenAsync,
    };

    private readonly LinkCredential? _credential = token is null ? null : new LinkCredential(null, token);

    /// <summary>How links of each scheme are opened.</summary>
    public IReadOnlyDictionary<string, LinkFactory> Factories =>
        s_openers.ToDictionary(
            opener => opener.Key,
            opener => new LinkFactory((address, cancellation) => opener.Value(address, _credential, trust, cancellation)),
            StringComparer.Ordinal
        );

    /// <summary>Why an address cannot be dialled, as a sentence without its subject; null if it can.</summary>
    public static string? Problem(string address) =>
        !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0
            ? $"is no address: write {Forms}."
        : uri.UserInfo.Length > 0 ? "must not hold credentials: other programs of this machine can read them."
        : !s_openers.ContainsKey(uri.Scheme)
            ? $"has the scheme {uri.Scheme}: write {Forms}."
        : uri.Port <= 0 && uri.Scheme is "tcp" or "tcps" or "quic" ? "needs a port: 8762, unless the server says another."
        : null;

    /// <summary>A link to an address.</summary>
    /// <exception cref="LinkException">There is none.</exception>
    public ValueTask<IRegistryLink> OpenAsync(Uri address, CancellationToken cancellation) =>
        s_openers[address.Scheme](address, _credential, trust, cancellation);

    /// <summary>The server at an address, for a client.</summary>
    /// <exception cref="ArgumentException">See <see cref="Problem"/>.</exception>
    public RegistryServer Server(string address)
    {
        if (Problem(address) is { } problem)
        {
            throw new ArgumentException($"{address} {problem}", nameof(address));
        }

        Uri uri = new(address);
        return new RegistryServer(uri.OriginalString, cancellation => OpenAsync(uri, cancellation));
    }
}
