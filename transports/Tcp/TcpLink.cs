using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Tcp;

/// <summary>Opens links by address alone, for whoever has addresses from a configuration.</summary>
public static class TcpLink
{
    /// <summary>A link to <c>tcp://HOST:PORT</c>, or to <c>tcps://</c> as the system trusts; the caller disposes of it.</summary>
    /// <exception cref="LinkException">Nobody answers there, or not as a registry; or it does not take the credential.</exception>
    public static async ValueTask<IRegistryLink> OpenAsync(Uri address, LinkCredential? credential, CancellationToken cancellation)
    {
        TlsTrust? trust = address.Scheme == "tcps" ? new TlsTrust() : null;
        var dialer = new TcpDialer(new TcpDialerOptions { Host = address.DnsSafeHost, Port = address.Port, Tls = trust });
        return await WireLink.ConnectAsync(dialer, new WireLinkOptions { Credentials = WireCredentials.Of(credential) }, cancellation);
    }
}
