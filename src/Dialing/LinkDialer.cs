using Rollcall.Client;
using Rollcall.Client.Servers;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Dialing;

/// <summary>Opens links to addresses of every scheme: for programs that are told their registry's address when they start.</summary>
/// <remarks>An application that knows which transport it uses references that one, and ships no other.</remarks>
/// <param name="token">Shown to every server; null: none.</param>
/// <param name="trust">Which servers are believed; null: those that the system believes, and over QUIC any on this machine.</param>
public sealed class LinkDialer(string? token = null, TlsTrust? trust = null)
{
    /// <summary>What an address may be, for people.</summary>
    public const string Forms = "tcp://HOST:PORT, tcps://, quic://, http://, https://, or eureka+http://HOST:PORT/eureka of a Java server";

    private readonly TlsTrust _trust = trust ?? new TlsTrust();

    /// <summary>How links of each scheme are opened.</summary>
    public IReadOnlyDictionary<string, LinkFactory> Factories =>
        new Dictionary<string, LinkFactory>(StringComparer.Ordinal)
        {
            ["tcp"] = async (address, cancellation) => await OverTcpAsync(address, null, cancellation),
            ["tcps"] = async (address, cancellation) => await OverTcpAsync(address, _trust, cancellation),
            ["quic"] = async (address, cancellation) => await OverQuicAsync(address, cancellation),
            ["http"] = async (address, cancellation) => await OverHttpAsync(address, cancellation),
            ["https"] = async (address, cancellation) => await OverHttpAsync(address, cancellation),
            [EurekaAddress.Scheme] = async (address, cancellation) => await ToEurekaAsync(address, cancellation),
            [EurekaAddress.SecureScheme] = async (address, cancellation) => await ToEurekaAsync(address, cancellation),
        };

    /// <summary>Why an address cannot be dialled, as a sentence without its subject; null if it can.</summary>
    public static string? Problem(string address) =>
        !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0
            ? $"is no address: write {Forms}."
        : uri.UserInfo.Length > 0 ? "must not hold credentials: other programs of this machine can read them."
        : !new LinkDialer().Factories.ContainsKey(uri.Scheme)
            ? $"has the scheme {uri.Scheme}: write {Forms}."
        : uri.Port <= 0 && uri.Scheme is "tcp" or "tcps" or "quic" ? "needs a port: 8762, unless the server says another."
        : null;

    /// <summary>A link to an address.</summary>
    /// <exception cref="LinkException">There is none.</exception>
    public ValueTask<IRegistryLink> OpenAsync(Uri address, CancellationToken cancellation) => Factories[address.Scheme](address, cancellation);

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

    private ValueTask<WireLink> OverTcpAsync(Uri address, TlsTrust? tls, CancellationToken cancellation) =>
        WireLink.ConnectAsync(
            new TcpDialer(new() { Host = address.IdnHost, Port = address.Port, Tls = tls }),
            WireOptions,
            cancellation
        );

    private ValueTask<WireLink> OverQuicAsync(Uri address, CancellationToken cancellation) =>
        WireLink.ConnectAsync(
            new QuicDialer(new() { Host = address.IdnHost, Port = address.Port, Trust = _trust, TrustLoopback = trust is null }),
            WireOptions,
            cancellation
        );

    private Task<HttpLink> OverHttpAsync(Uri address, CancellationToken cancellation) =>
        HttpLink.ConnectAsync(address, HttpOptions, cancellation);

    private Task<EurekaLink> ToEurekaAsync(Uri address, CancellationToken cancellation) =>
        EurekaLink.ConnectAsync(address, new EurekaLinkOptions { Http = HttpOptions }, cancellation);

    private HttpLinkOptions HttpOptions => new() { Token = token, Trust = _trust };

    private WireLinkOptions WireOptions => new() { Credentials = token is null ? WireCredentials.None : WireCredentials.Token(token) };
}
