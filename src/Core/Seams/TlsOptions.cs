using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Core.Seams;

/// <summary>How a listener encrypts. Whoever makes it reads the files, owns the certificates and disposes of them after the transports.</summary>
/// <param name="Certificate">The server's, with its private key.</param>
/// <param name="ClientAuthorities">
/// Those whose client certificates are taken: they are asked for, and one that is shown must lead to one of these. Which principal a
/// certificate is decides <see cref="Access.AccessPolicy.ByCertificate"/>. Null: none is asked for.
/// </param>
/// <param name="Intermediates">Between the certificate and its root, sent along with it, as a <c>fullchain.pem</c> has them. Null: none.</param>
public sealed record TlsOptions(
    X509Certificate2 Certificate,
    X509Certificate2Collection? ClientAuthorities = null,
    X509Certificate2Collection? Intermediates = null
);
