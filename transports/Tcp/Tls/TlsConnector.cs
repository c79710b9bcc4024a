using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp.Tls;

/// <summary>The client's side of a handshake.</summary>
internal static class TlsConnector
{
    /// <summary>Shakes hands with the server at <paramref name="host"/>.</summary>
    /// <exception cref="AuthenticationException">The server is not the one that is meant, or the two do not agree; the message says why.</exception>
    /// <exception cref="IOException">The connection is broken, or the server does not speak TLS.</exception>
    public static async Task ConnectAsync(SslStream stream, string host, TlsTrust trust, CancellationToken cancellation)
    {
        string? refusal = null;
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    ApplicationProtocols = [WireProtocol.Alpn],
                    ClientCertificateContext = trust.ClientCertificate is null
                        ? null
                        : SslStreamCertificateContext.Create(trust.ClientCertificate, null, offline: true),
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    AllowRenegotiation = false,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        refusal = ServerCheck.Refusal(trust, certificate, chain, errors);
                        return refusal is null;
                    },
                },
                cancellation
            );
        }
        catch (AuthenticationException e) when (refusal is not null)
        {
            throw new AuthenticationException(refusal, e);
        }
    }
}
