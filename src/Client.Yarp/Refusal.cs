using Microsoft.AspNetCore.Http;

namespace Rollcall.Client.Yarp;

/// <summary>An answer that comes from the proxy and not from an instance: a status and one line that says why.</summary>
internal static class Refusal
{
    /// <summary>Writes it; nothing of the answer may have been sent.</summary>
    public static Task WriteAsync(HttpContext context, int status, string reason)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
