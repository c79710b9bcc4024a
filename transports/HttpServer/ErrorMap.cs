using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.HttpServer;

/// <summary>The registry's expected refusals as HTTP statuses: the one place.</summary>
internal static class ErrorMap
{
    // Seconds. Warming takes about one for each million instances; until then another node has the answer.
    private static readonly StringValues s_retryAfter = "1";

    public static int StatusOf(RegistryErrorCode code) =>
        code switch
        {
            RegistryErrorCode.UnknownInstance or RegistryErrorCode.UnknownHandle => StatusCodes.Status404NotFound,
            RegistryErrorCode.TooFarBehind => StatusCodes.Status410Gone,
            RegistryErrorCode.Warming => StatusCodes.Status503ServiceUnavailable,
            // Not 503: the server is well, it is the callers who have registered too much.
            RegistryErrorCode.RegistryFull => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status400BadRequest,
        };

    /// <summary>What <c>/v1</c> says where nothing says more than the status.</summary>
    public static V1Error NativeOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => V1Error.NotAuthenticated,
            StatusCodes.Status403Forbidden => V1Error.NotAllowed,
            StatusCodes.Status404NotFound => V1Error.NotFound,
            StatusCodes.Status405MethodNotAllowed => V1Error.WrongMethod,
            StatusCodes.Status413PayloadTooLarge => V1Error.TooLarge,
            StatusCodes.Status503ServiceUnavailable => V1Error.Unavailable,
            _ => V1Error.BadRequest,
        };

    /// <summary>Answers with an error: 404 without a body, anything else with the reason; below <c>/v1</c> all with it.</summary>
    public static void Answer(Exchange exchange, RegistryError error)
    {
        int status = StatusOf(error.Code);
        if (error.Code == RegistryErrorCode.Warming)
        {
            exchange.Headers.RetryAfter = s_retryAfter;
            exchange.Headers.CacheControl = Names.NoStore;
        }

        if (status == StatusCodes.Status404NotFound)
        {
            exchange.NotFound(error.Message, (V1Error)error.Code);
        }
        else
        {
            exchange.Refuse(status, error.Message, (V1Error)error.Code);
        }
    }

    /// <summary>Answers a write: 200 without a body, or the error.</summary>
    public static void Answer(Exchange exchange, WriteResult result)
    {
        if (result.Error is { } error)
        {
            Answer(exchange, error);
        }
        else
        {
            exchange.Answer(StatusCodes.Status200OK);
        }
    }
}
