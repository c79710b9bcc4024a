using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Core.Access;

/// <summary>How a certificate is named: by the SHA-256 of its DER form, 64 hexadecimal digits.</summary>
public static class CertificateFingerprint
{
    /// <summary>The fingerprint of a certificate, canonical.</summary>
    public static string Of(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>A fingerprint as people write it, colons between and in any case, in the form in which two are compared.</summary>
    public static string Canonical(string fingerprint) => fingerprint.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
}
