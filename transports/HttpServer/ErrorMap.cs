using Microsoft.AspNetCore.Http;
using Rollcall.Core;

namespace Rollcall.Transports.HttpServer;

/// <summary>The registry's expected refusals as HTTP statuses: the one place.</summary>
internal static class ErrorMap
{
    public static int StatusOf(RegistryErrorCode code) =>
        code switch
        {
            RegistryErrorCode.UnknownInstance or RegistryErrorCode.UnknownHandle => StatusCodes.Status404NotFound,
            RegistryErrorCode.TooFarBehind => StatusCodes.Status410Gone,
            // Not 503: the server is well, it is the callers who have registered too much.
            RegistryErrorCode.RegistryFull => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status400BadRequest,
        };

    /// <summary>Answers with an error: 404 without a body, anything else with the reason.</summary>
    public static void Answer(Exchange exchange, RegistryError error)
    {
        int status = StatusOf(error.Code);
        if (status == StatusCodes.Status404NotFound)
        {
            exchange.NotFound(error.Message);
        }
        else
        {
            exchange.Refuse(status, error.Message);
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
