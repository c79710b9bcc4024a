using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Access;

/// <summary>Who may come in: every request passes here once.</summary>
/// <remarks>
/// <para>
/// A caller shows a token (<c>Authorization: Bearer</c>, or Basic with the principal's name) or a client certificate; the header
/// counts before the certificate.
/// </para>
/// <para>Cost: without a policy nothing; else the credentials are looked at once per connection, as long as they stay the same.</para>
/// </remarks>
internal sealed class Gate(AccessPolicy policy)
{
    private const string HowToShow = " Send Authorization: Bearer TOKEN, or Basic with the name and the token.";

    private static readonly AccessRefusal s_wrong = new(
        LinkFailure.NotAuthenticated,
        "The credentials are wrong: no such token, or not of that name."
    );

    private static readonly StringValues s_challenges = new(["Bearer realm=\"rollcall\"", "Basic realm=\"rollcall\", charset=\"UTF-8\""]);

    /// <summary>True if the caller may; else it is answered with <paramref name="refusal"/>. Sets <see cref="Exchange.Caller"/>.</summary>
    public bool Admits(
        Exchange exchange,
        HttpEndpoint endpoint,
        ReadOnlySpan<byte> service,
        [NotNullWhen(false)] out AccessRefusal? refusal
    )
    {
        refusal = null;
        if (!policy.AsksForCredentials || endpoint.Right == RegistryOperation.Ping)
        {
            exchange.Caller = policy.WithoutCredentials;
            return true;
        }

        Identity? identity = IdentityOf(exchange);
        exchange.Caller = identity?.Principal ?? Principal.Nobody;
        refusal = identity?.Principal is null ? s_wrong : identity.Refuse(endpoint, service);
        if (refusal is not null)
        {
            // A heartbeat of Eureka gets no body, whatever the status: Java's newer clients decode any.
            Refuse(exchange, refusal, withBody: endpoint is not { Kind: RouteKind.Instance, Verb: Verbs.Put });
        }

        return refusal is null;
    }

    /// <summary>Answers who may not: 401 or 403, with the reason.</summary>
    public static void Refuse(Exchange exchange, AccessRefusal refusal, bool withBody = true)
    {
        bool known = refusal.Failure == LinkFailure.NotAllowed;
        int status = known ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        string reason = known ? refusal.Message : refusal.Message + HowToShow;
        if (!known)
        {
            exchange.Headers.WWWAuthenticate = s_challenges;
        }

        if (withBody)
        {
            exchange.Refuse(status, reason);
        }
        else
        {
            exchange.AnswerEmpty(status, Reason.ForHeader(reason));
        }
    }

    /// <summary>Who it is; null if what was shown is not even one thing.</summary>
    private Identity? IdentityOf(Exchange exchange)
    {
        StringValues header = exchange.RequestHeaders.Authorization;
        if (header.Count > 1)
        {
            return null;
        }

        string? authorization = header.Count == 0 ? null : header[0];
        X509Certificate2? certificate = exchange.ClientCertificate;
        if (exchange.Identity is not { } identity || !identity.IsOf(authorization, certificate))
        {
            identity = new Identity(authorization, certificate, Identify(authorization, certificate));
            exchange.Identity = identity;
        }

        return identity;
    }

    private Principal? Identify(string? authorization, X509Certificate2? certificate)
    {
        if (authorization is not null)
        {
            return Authorization.TryRead(authorization, out string? user, out string? secret)
                ? user is null ? policy.ByToken(Encoding.UTF8.GetBytes(secret)) : policy.ByPassword(user, secret)
                : null;
        }

        return certificate is null
            ? policy.WithoutCredentials
            : policy.ByCertificate(certificate) ?? policy.WithoutCredentials;
    }
}
