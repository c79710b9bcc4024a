using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;

namespace Rollcall.Transports.HttpServer.Access;

/// <summary>Who a connection's last request came from, and by what it was told.</summary>
/// <remarks>Kestrel gives the same string for a header that stays the same from request to request, so that one reference tells.</remarks>
/// <param name="authorization">The header's value.</param>
/// <param name="certificate">The connection's client certificate.</param>
/// <param name="principal">Who that is; null if it is wrong.</param>
internal sealed class Identity(string? authorization, X509Certificate2? certificate, Principal? principal)
{
    public Principal? Principal => principal;

    /// <summary>True if these are what it was told by. By reference only: nothing about a secret can be learned from its time.</summary>
    public bool IsOf(string? otherAuthorization, X509Certificate2? otherCertificate) =>
        ReferenceEquals(authorization, otherAuthorization) && ReferenceEquals(certificate, otherCertificate);
}
