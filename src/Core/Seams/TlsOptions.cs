using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;

namespace Rollcall.Core.Seams;

/// <summary>How a listener encrypts. Whoever makes it reads the files, owns the certificates and disposes of them after the transports.</summary>
/// <param name="Certificate">The server's, with its private key.</param>
/// <param name="ClientAuthorities">
/// Those whose client certificates are taken: they are asked for, and one that is shown must lead to one of these. Which principal a
/// certificate is decides <see cref="Access.AccessPolicy.ByCertificate(X509Certificate2)"/>. Null: none is asked for.
/// </param>
/// <param name="Intermediates">Between the certificate and its root, sent along with it, as a <c>fullchain.pem</c> has them. Null: none.</param>
public sealed record TlsOptions(
    X509Certificate2 Certificate,
    X509Certificate2Collection? ClientAuthorities = null,
    X509Certificate2Collection? Intermediates = null
)
{
    /// <summary>True if a client's certificate is good; showing none is no error: the client may have a token.</summary>
    /// <param name="shown">What it showed; null: nothing.</param>
    /// <param name="sent">The chain that was built for the callback: holds what was sent along.</param>
    public bool AcceptsClient(X509Certificate2? shown, X509Chain? sent) =>
        shown is null
        || (ClientAuthorities is not null && CertificateRule.LeadsTo(ClientAuthorities, shown, sent, CertificateRule.ForClients));
}

/// <summary>Which server a client takes for the one it means, and what it shows of itself. The default trusts whom the system trusts.</summary>
public sealed record TlsTrust
{
    /// <summary>
    /// SHA-256 of the DER form of the one certificate that is good, whatever its name, issuer and dates; colons and case do not matter.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>The authorities to trust instead of the system's; the name must fit.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Shown to a server that asks; with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>True if the server's certificate is good.</summary>
    /// <param name="shown">What it showed.</param>
    /// <param name="sent">The chain that was built for the callback: holds what was sent along.</param>
    /// <param name="nameFits">The certificate is for the name that was dialled.</param>
    /// <param name="systemTrusts">The system finds nothing wrong with it, its name included.</param>
    public bool AcceptsServer(X509Certificate2? shown, X509Chain? sent, bool nameFits, bool systemTrusts) =>
        shown is not null
        && (
            Fingerprint is not null ? CertificateRule.HasFingerprint(shown, Fingerprint)
            : Authorities is not null ? nameFits && CertificateRule.LeadsTo(Authorities, shown, sent, CertificateRule.ForServers)
            : systemTrusts
        );
}

/// <summary>When a certificate is good: the same for every transport.</summary>
internal static class CertificateRule
{
    public const string ForServers = "1.3.6.1.5.5.7.3.1";
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    /// <summary>True if a chain leads to one of <paramref name="authorities"/>. Revocation lists are not asked: they need the network.</summary>
    public static bool LeadsTo(X509Certificate2Collection authorities, X509Certificate2 shown, X509Chain? sent, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(shown);
    }

    public static bool HasFingerprint(X509Certificate2 shown, string fingerprint) =>
        CertificateFingerprint.Of(shown) == CertificateFingerprint.Canonical(fingerprint);
}
