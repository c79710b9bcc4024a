using Microsoft.AspNetCore.Http;
using Rollcall.Core;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>What an orchestrator asks: is it alive; is it ready to be asked for the whole.</summary>
internal static class Health
{
    private static readonly byte[] s_up = "UP\n"u8.ToArray();

    public static void Answer(Exchange exchange, RegistryError? notReady)
    {
        if (notReady is not null)
        {
            ErrorMap.Answer(exchange, notReady);
            return;
        }

        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.PlainText, s_up);
    }
}
