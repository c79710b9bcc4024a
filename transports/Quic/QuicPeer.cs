using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.Quic;

/// <summary>Nodes of the own cluster by address alone, for whoever has addresses from a configuration.</summary>
public static class QuicPeer
{
    /// <summary>The node at <c>quic://HOST:PORT</c>: on this machine any certificate is good, elsewhere what the system trusts.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential) => At(address, credential, new TlsTrust());

    /// <summary>The same, told which node an address means, and with other limits than the defaults.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential, TlsTrust trust, WireOptions? limits = null)
    {
        var options = new QuicDialerOptions
        {
            Host = address.IdnHost,
            Port = address.Port,
            Trust = trust,
            TrustLoopback = trust.Authorities is null,
        };
        return new WirePeerDialer(() => new QuicDialer(options), WireCredentials.Of(credential), limits);
    }
}
