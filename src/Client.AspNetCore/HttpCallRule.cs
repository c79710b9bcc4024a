using System.Net;

namespace Rollcall.Client.AspNetCore;

/// <summary>What the end of a call over HTTP says: about the instance, and about asking another one.</summary>
internal static class HttpCallRule
{
    /// <summary>Instances tried for one request.</summary>
    public const int TriesMax = 3;

    /// <summary>True if an answer says that the instance cannot serve, whatever it is asked.</summary>
    public static bool IsFailure(HttpStatusCode status) =>
        status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>
    /// True if a request that got no answer may go to another instance: it was never sent, or sending it twice does no harm (RFC 9110,
    /// 9.2.2) and it has no body, which could be used up.
    /// </summary>
    public static bool MayRepeat(string method, bool hasBody, Exception? problem) => WasNotSent(problem) || (!hasBody && IsIdempotent(method));

    /// <summary>True if there was no connection to send a request on.</summary>
    public static bool WasNotSent(Exception? problem) =>
        problem switch
        {
            HttpRequestException { HttpRequestError: var error } => error
                is HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError,
            OperationCanceledException { InnerException: TimeoutException } => true, // SocketsHttpHandler.ConnectTimeout is over
            _ => false,
        };

    private static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";
}
