using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.Tcp;

/// <summary>Nodes of the own cluster by address alone, for whoever has addresses from a configuration.</summary>
public static class TcpPeer
{
    /// <summary>The node at <c>tcp://HOST:PORT</c>, or at <c>tcps://</c> as the system trusts.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential) => At(address, credential, new TlsTrust());

    /// <summary>The same, told which node an address of <c>tcps://</c> means, and with other limits than the defaults.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential, TlsTrust trust, WireOptions? limits = null)
    {
        var options = new TcpDialerOptions { Host = address.IdnHost, Port = address.Port, Tls = address.Scheme == "tcps" ? trust : null };
        return new WirePeerDialer(() => new TcpDialer(options), WireCredentials.Of(credential), limits);
    }
}
