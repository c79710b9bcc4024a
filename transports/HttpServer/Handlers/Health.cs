using Microsoft.AspNetCore.Http;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>
/// What an orchestrator asks. Whoever listens has its registry, so both are the same until warm-up can hold back readiness.
/// </summary>
internal static class Health
{
    private static readonly byte[] s_up = "UP\n"u8.ToArray();

    public static void Answer(Exchange exchange)
    {
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.PlainText, s_up);
    }
}
