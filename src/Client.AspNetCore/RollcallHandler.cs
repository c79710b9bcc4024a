using System.Net;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;

namespace Rollcall.Client.AspNetCore;

/// <summary>Sends a request for <c>http://orders/path</c> to an instance of ORDERS.</summary>
/// <remarks>
/// <para>
/// A host that the catalogue does not know is left alone: it may be a name of DNS. <c>https://</c> takes instances with a TLS port only;
/// <c>https+http://</c> takes TLS where an instance has it; <c>http://</c> takes the plain port, and TLS where there is no other.
/// </para>
/// <para>
/// If an instance cannot be reached another is tried, at most three in all; if the request may have been received, only
/// one of an idempotent method without a body. The answers 502, 503 and 504 count as failures of the instance, and are given to the caller.
/// </para>
/// <para>Errors: <see cref="HttpRequestException"/> with the reason if a service that is known has nothing to call.</para>
/// </remarks>
public sealed class RollcallHandler(RollcallClient client) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri asked = request.RequestUri!;
        EndpointList? list = client.Catalogue.Find(asked.Host);
        if (list is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        ServiceEndpoint? failed = null;
        for (int tries = 1; ; tries++)
        {
            if (!client.TryChoose(list, out Pick pick, failed))
            {
                throw new HttpRequestException(client.Catalogue.WhyNothing(list.Name), null, HttpStatusCode.ServiceUnavailable);
            }

            failed = pick.Endpoint;
            CallOutcome outcome = CallOutcome.Dropped;
            try
            {
                request.RequestUri = Rewrite(asked, pick.Endpoint);
                HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
                outcome = HttpCallRule.IsFailure(response.StatusCode) ? CallOutcome.Failed : CallOutcome.Succeeded;
                return response;
            }
            catch (HttpRequestException problem) when (problem.StatusCode is null)
            {
                outcome = CallOutcome.Failed;
                if (tries >= HttpCallRule.TriesMax || !HttpCallRule.MayRepeat(request.Method.Method, request.Content is not null, problem))
                {
                    throw;
                }
            }
            finally
            {
                pick.End(outcome);
                request.RequestUri = asked; // handlers outside this one see what the caller asked for
            }

            list = client.Catalogue.Find(asked.Host) ?? list;
        }
    }

    private static Uri Rewrite(Uri asked, ServiceEndpoint endpoint)
    {
        Uri target =
            endpoint.UriFor(asked.Scheme)
            ?? throw new HttpRequestException(
                $"{endpoint} has no port for TLS: ask for https+http:// if it need not be.",
                null,
                HttpStatusCode.ServiceUnavailable
            );
        return new Uri(target, asked.PathAndQuery);
    }
}
