using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rollcall.Core.Access;

/// <summary>Something that proves who a caller is, and who that is.</summary>
/// <remarks>Holds no secret, only what a secret is compared by.</remarks>
public sealed record Credential
{
    private Credential(Principal principal) => Principal = principal;

    /// <summary>Who it proves.</summary>
    public Principal Principal { get; }

    /// <summary>SHA-256 of the token; null of a certificate.</summary>
    internal byte[]? TokenHash { get; private init; }

    /// <summary>Canonical <see cref="CertificateFingerprint"/> of the certificate; null of a token.</summary>
    internal string? Fingerprint { get; private init; }

    /// <summary>A token that the caller sends.</summary>
    public static Credential Token(Principal principal, ReadOnlySpan<byte> token) =>
        new(principal) { TokenHash = SHA256.HashData(token) };

    /// <summary>A client certificate, by the SHA-256 of its DER form; colons and case do not matter.</summary>
    public static Credential Certificate(Principal principal, string fingerprint) =>
        new(principal) { Fingerprint = CertificateFingerprint.Canonical(fingerprint) };
}

/// <summary>Who a caller is: the one place where credentials become principals.</summary>
/// <remarks>Immutable. Without credentials everyone is <see cref="Principal.Anyone"/>.</remarks>
public sealed class AccessPolicy
{
    private readonly ImmutableArray<Credential> _credentials;

    /// <summary>A policy that asks for one of <paramref name="credentials"/>; for none if there are none.</summary>
    public AccessPolicy(params IEnumerable<Credential> credentials) => _credentials = [.. credentials];

    /// <summary>Everyone may do everything.</summary>
    public static AccessPolicy Open { get; } = new();

    /// <summary>True if callers must show a credential.</summary>
    public bool AsksForCredentials => !_credentials.IsEmpty;

    /// <summary>A caller that has shown nothing.</summary>
    public Principal WithoutCredentials => AsksForCredentials ? Principal.Nobody : Principal.Anyone;

    /// <summary>Who shows a token; null if it is not known. Where none is asked for, any token is anyone's.</summary>
    /// <remarks>All tokens are compared, each in constant time.</remarks>
    public Principal? ByToken(ReadOnlySpan<byte> token)
    {
        if (!AsksForCredentials)
        {
            return Principal.Anyone;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, hash);
        Principal? found = null;
        foreach (Credential credential in _credentials)
        {
            if (credential.TokenHash is { } known && CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = credential.Principal;
            }
        }

        return found;
    }

    /// <summary>Who shows a token as the password of a user: the user must be the principal's name.</summary>
    public Principal? ByPassword(string user, string password)
    {
        Principal? found = ByToken(Encoding.UTF8.GetBytes(password));
        return found is null || !AsksForCredentials || found.Name == user ? found : null;
    }

    /// <summary>Who shows a client certificate whose chain was already found good; null if it is not known.</summary>
    public Principal? ByCertificate(X509Certificate2 certificate) => ByCertificate(CertificateFingerprint.Of(certificate));

    /// <summary>The same, by its <see cref="CertificateFingerprint"/>.</summary>
    public Principal? ByCertificate(string fingerprint) =>
        !AsksForCredentials
            ? Principal.Anyone
            : _credentials.FirstOrDefault(c => string.Equals(c.Fingerprint, fingerprint, StringComparison.OrdinalIgnoreCase))?.Principal;
}
