using System.Net.Http.Headers;
using System.Text;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.HttpServer.Upgrading;

/// <summary>Nodes of the own cluster by address alone, for whoever has addresses from a configuration.</summary>
public static class HttpPeer
{
    /// <summary>The node at <c>http://HOST:PORT</c>, or at <c>https://</c> as the system trusts.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential) => At(address, credential, new TlsTrust());

    /// <summary>The same, told which node an address of <c>https://</c> means, and with other limits than the defaults.</summary>
    public static IPeerDialer At(Uri address, LinkCredential? credential, TlsTrust trust, WireOptions? limits = null) =>
        new WirePeerDialer(() => new HttpUpgradeDialer(address, HeaderOf(credential), trust), WireCredentials.Of(credential), limits);

    private static AuthenticationHeaderValue? HeaderOf(LinkCredential? credential) =>
        credential switch
        {
            null => null,
            { User: { } user } => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{credential.Token}"))),
            _ => new("Bearer", credential.Token),
        };
}
