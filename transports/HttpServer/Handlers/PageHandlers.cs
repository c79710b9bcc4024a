using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Transports.HttpServer.Pages;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>The two pages for people.</summary>
internal sealed class PageHandlers(RegistryService registry)
{
    public void Home(Exchange exchange) => Send(exchange, HomePage.Render(registry));

    public void History(Exchange exchange) => Send(exchange, HistoryPage.Render(registry));

    private static void Send(Exchange exchange, byte[] page)
    {
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.ContentSecurityPolicy = HtmlWriter.ContentSecurityPolicy;
        exchange.Headers["Referrer-Policy"] = Names.NoReferrer;
        exchange.Headers.XFrameOptions = Names.Deny;
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.Html, page);
    }
}
