using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Access;

/// <summary>Who a connection's last request came from, and by what it was told.</summary>
/// <remarks>
/// <para>Kestrel gives the same string for a header that stays the same from request to request, so that one reference tells.</para>
/// <para>Cost: an owner that renews again and again is asked once: comparing its service with patterns allocates.</para>
/// </remarks>
/// <param name="authorization">The header's value.</param>
/// <param name="certificate">The connection's client certificate.</param>
/// <param name="principal">Who that is; null if it is wrong.</param>
internal sealed class Identity(string? authorization, X509Certificate2? certificate, Principal? principal)
{
    private (RegistryOperation Right, byte[] Service)? _admitted; // last, for a service that it is bound to

    public Principal? Principal => principal;

    /// <summary>As <see cref="HttpEndpoint.Refuse"/>, of a principal that is known.</summary>
    public AccessRefusal? Refuse(HttpEndpoint endpoint, ReadOnlySpan<byte> service)
    {
        bool ofService = endpoint.Scope == RightScope.Service;
        if (ofService && _admitted is { } last && last.Right == endpoint.Right && service.SequenceEqual(last.Service))
        {
            return null;
        }

        AccessRefusal? refusal = endpoint.Refuse(principal!, service);
        if (ofService && refusal is null && !principal!.May(endpoint.Right))
        {
            _admitted = (endpoint.Right, service.ToArray());
        }

        return refusal;
    }

    /// <summary>True if these are what it was told by. By reference only: nothing about a secret can be learned from its time.</summary>
    public bool IsOf(string? otherAuthorization, X509Certificate2? otherCertificate) =>
        ReferenceEquals(authorization, otherAuthorization) && ReferenceEquals(certificate, otherCertificate);
}
