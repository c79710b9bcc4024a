using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>A client's look at a server's certificate: the rule is <see cref="TlsTrust.AcceptsServer"/>; here it gets its words.</summary>
public static class ServerCheck
{
    /// <summary>Null if the certificate is good; else why not, for people.</summary>
    public static string? Refusal(TlsTrust trust, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var shown = (X509Certificate2?)certificate;
        bool nameFits = !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        if (trust.AcceptsServer(shown, chain, nameFits, systemTrusts: errors == SslPolicyErrors.None))
        {
            return null;
        }

        return shown is null ? "the server shows no certificate"
            : trust.Fingerprint is not null
                ? $"the server's certificate is another than the one expected; its SHA-256 is {CertificateFingerprint.Of(shown)}"
            : !nameFits ? $"the server's certificate \"{shown.Subject}\" is for another name"
            : $"the server's certificate \"{shown.Subject}\", valid until {shown.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, is not trusted";
    }
}
