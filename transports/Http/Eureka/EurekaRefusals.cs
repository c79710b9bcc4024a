using System.Net;
using System.Text;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http.Linking;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What the statuses of a Eureka server mean for a link: the one place that maps them.</summary>
internal static class EurekaRefusals
{
    /// <summary>Refused as bad input: the server's words, if it has any.</summary>
    public static RegistryError BadInput(string what, HttpAnswer answer) =>
        new(RegistryErrorCode.InvalidValue, $"{what}: the server refused it with {(int)answer.Status}{Said(answer)}.");

    /// <summary>Not there.</summary>
    public static RegistryError Unknown(string verb, string service, string id) =>
        new(RegistryErrorCode.UnknownInstance, $"Cannot {verb} {RegistryError.Shown($"{service}/{id}")}: no such instance. Register it.");

    /// <summary>Why an answer is none that a caller can use.</summary>
    public static LinkException Failure(string address, HttpAnswer answer)
    {
        (LinkFailure failure, string why) = answer.Status switch
        {
            HttpStatusCode.Unauthorized => (LinkFailure.NotAuthenticated, "it wants other credentials"),
            HttpStatusCode.Forbidden => (LinkFailure.NotAllowed, "it does not allow that"),
            HttpStatusCode.RequestEntityTooLarge => (LinkFailure.LimitExceeded, "the request is too large for it"),
            HttpStatusCode.TemporaryRedirect => (LinkFailure.Unavailable, "its own status is not UP"),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => (LinkFailure.Unavailable, "it is too busy, or has just started"),
            >= HttpStatusCode.InternalServerError => (LinkFailure.Unavailable, "it failed"),
            _ => (LinkFailure.Protocol, "no Eureka server answers that"),
        };
        return new LinkException(failure, $"{address} answered {(int)answer.Status}: {why}{Said(answer)}.");
    }

    /// <summary>A read of the whole, of changes, of a service or of an address that is refused because the server is still starting.</summary>
    public static LinkException NotYet(string address) =>
        new(LinkFailure.Unavailable, $"{address} answered 403: it has just started, and knows no instances yet. Ask another server.");

    // A proxy's error page is not worth a line.
    private static string Said(HttpAnswer answer)
    {
        ReadOnlySpan<byte> body = answer.Body.Span;
        return body.IsEmpty || body.TrimStart(" \r\n\t"u8).StartsWith("<"u8)
            ? ""
            : $" ({RegistryError.Shown(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 400)]), 200)})";
    }
}
