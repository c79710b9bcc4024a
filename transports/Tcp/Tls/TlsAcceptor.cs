using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp.Tls;

/// <summary>The server's side of a handshake.</summary>
internal sealed class TlsAcceptor(TlsOptions tls, AccessPolicy access, TimeSpan timeout)
{
    // Offline: whatever the client needs was given; nothing is fetched.
    private readonly SslStreamCertificateContext _certificate = SslStreamCertificateContext.Create(
        tls.Certificate,
        tls.Intermediates,
        offline: true
    );

    /// <summary>Shakes hands; answers who the client's certificate names, null if it showed none or it names nobody.</summary>
    /// <exception cref="AuthenticationException">The two do not agree; the message says why.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public async Task<Principal?> AcceptAsync(SslStream stream, CancellationToken stopping)
    {
        string? refusal = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(timeout);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _certificate,
                    ApplicationProtocols = [WireProtocol.Alpn],
                    ClientCertificateRequired = tls.ClientAuthorities is not null,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    AllowRenegotiation = false,
                    RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                    {
                        refusal = ClientCheck.Refusal(tls, certificate, chain);
                        return refusal is null;
                    },
                },
                limit.Token
            );
        }
        catch (AuthenticationException e) when (refusal is not null)
        {
            throw new AuthenticationException(refusal, e);
        }
        catch (OperationCanceledException e)
        {
            throw new AuthenticationException($"it is not complete after {timeout.TotalSeconds:0.#} s", e);
        }

        return stream.RemoteCertificate is X509Certificate2 client ? access.ByCertificate(client) : null;
    }
}
