using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Quic;

/// <summary>Opens links by address alone, for whoever has addresses from a configuration.</summary>
public static class QuicLink
{
    /// <summary>
    /// A link to <c>quic://HOST:PORT</c>: as <paramref name="trust"/> says; else on this machine any certificate is good, elsewhere what the
    /// system trusts.
    /// </summary>
    /// <exception cref="LinkException">Nobody answers there, or not as a registry; or it does not take the credential.</exception>
    public static async ValueTask<IRegistryLink> OpenAsync(Uri address, LinkCredential? credential, TlsTrust? trust, CancellationToken cancellation)
    {
        var dialer = new QuicDialer(
            new QuicDialerOptions { Host = address.IdnHost, Port = address.Port, Trust = trust ?? new TlsTrust(), TrustLoopback = trust is null }
        );
        return await WireLink.ConnectAsync(dialer, new WireLinkOptions { Credentials = WireCredentials.Of(credential) }, cancellation);
    }
}
