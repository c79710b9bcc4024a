using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Tcp;

/// <summary>Opens links by address alone, for whoever has addresses from a configuration.</summary>
public static class TcpLink
{
    /// <summary>A link to <c>tcp://HOST:PORT</c>, or to <c>tcps://</c> as <paramref name="trust"/> says, else as the system trusts; the caller disposes of it.</summary>
    /// <exception cref="LinkException">Nobody answers there, or not as a registry; or it does not take the credential.</exception>
    public static async ValueTask<IRegistryLink> OpenAsync(Uri address, LinkCredential? credential, TlsTrust? trust, CancellationToken cancellation)
    {
        TlsTrust? tls = address.Scheme == "tcps" ? trust ?? new TlsTrust() : null;
        var dialer = new TcpDialer(new TcpDialerOptions { Host = address.IdnHost, Port = address.Port, Tls = tls });
        return await WireLink.ConnectAsync(dialer, new WireLinkOptions { Credentials = WireCredentials.Of(credential) }, cancellation);
    }
}
