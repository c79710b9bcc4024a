using Rollcall.Client;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Interop.Tests.Links;

/// <summary>Who dials: what is shown to the server, and which server is believed. The default shows nothing and believes the system.</summary>
internal sealed record Caller(string? Token = null, TlsTrust? Trust = null);

/// <summary>Opens links of every scheme to a real server, as an application would.</summary>
internal static class Dial
{
    /// <summary>How links of each scheme are opened.</summary>
    public static IReadOnlyDictionary<string, LinkFactory> Factories(Caller? caller = null)
    {
        Caller who = caller ?? new Caller();
        return new Dictionary<string, LinkFactory>
        {
            ["tcp"] = async (address, token) => await OverTcpAsync(address, who, null, token),
            ["tcps"] = async (address, token) => await OverTcpAsync(address, who, who.Trust ?? new TlsTrust(), token),
            ["quic"] = async (address, token) => await OverQuicAsync(address, who, token),
            ["http"] = async (address, token) => await OverHttpAsync(address, who, token),
            ["https"] = async (address, token) => await OverHttpAsync(address, who, token),
        };
    }

    /// <summary>A link to the server by one of its schemes; with TLS if it listens so.</summary>
    public static ValueTask<IRegistryLink> OpenAsync(
        ServerProcess server,
        string scheme,
        Caller? caller = null,
        CancellationToken cancellation = default
    )
    {
        Uri address = server.AddressOf(scheme);
        return Factories(caller)[address.Scheme](address, cancellation);
    }

    private static ValueTask<WireLink> OverTcpAsync(Uri address, Caller caller, TlsTrust? trust, CancellationToken cancellation) =>
        WireLink.ConnectAsync(
            new TcpDialer(new() { Host = address.Host, Port = address.Port, Tls = trust }),
            WireOptionsOf(caller),
            cancellation
        );

    private static ValueTask<WireLink> OverQuicAsync(Uri address, Caller caller, CancellationToken cancellation) =>
        WireLink.ConnectAsync(
            new QuicDialer(
                new() { Host = address.Host, Port = address.Port, Trust = caller.Trust ?? new(), TrustLoopback = caller.Trust is null }
            ),
            WireOptionsOf(caller),
            cancellation
        );

    private static Task<HttpLink> OverHttpAsync(Uri address, Caller caller, CancellationToken cancellation) =>
        HttpLink.ConnectAsync(address, new HttpLinkOptions { Token = caller.Token, Trust = caller.Trust ?? new() }, cancellation);

    private static WireLinkOptions WireOptionsOf(Caller caller) =>
        new() { Credentials = caller.Token is { } token ? WireCredentials.Token(token) : WireCredentials.None };
}
