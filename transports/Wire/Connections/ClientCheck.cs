using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>A server's look at a client's certificate: the rule is <see cref="TlsOptions.AcceptsClient"/>; here it gets its words.</summary>
public static class ClientCheck
{
    /// <summary>Null if the certificate is good, or none was shown; else why not, for people.</summary>
    public static string? Refusal(TlsOptions tls, X509Certificate? certificate, X509Chain? chain)
    {
        var shown = (X509Certificate2?)certificate;
        return tls.AcceptsClient(shown, chain)
            ? null
            : $"the client's certificate \"{shown!.Subject}\", valid until {shown.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, "
                + "is not good: expired, not for clients, or not by the client authorities";
    }
}
