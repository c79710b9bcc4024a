using Microsoft.AspNetCore.Http;

namespace Rollcall.Gateway;

/// <summary>The first part of a path is the service, the rest is what its instance is asked.</summary>
/// <remarks>
/// It becomes the path base: YARP forwards what is behind it, and says to the instance what was before it (<c>X-Forwarded-Prefix</c>), so
/// that the instance can write links that lead back here.
/// </remarks>
internal static class ServicePath
{
    public static Task TakeAsync(HttpContext context, RequestDelegate next)
    {
        string path = context.Request.Path.Value ?? "";
        int end = path.IndexOf('/', Math.Min(1, path.Length));
        string service = end < 0 ? path : path[..end];
        if (service.Length <= 1)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("Name a service: /SERVICE/path.\n", context.RequestAborted);
        }

        context.Request.PathBase = service;
        context.Request.Path = path[service.Length..];
        return next(context);
    }

    /// <summary>The service that a request is for, as the caller wrote it.</summary>
    public static string ServiceOf(HttpContext context) => context.Request.PathBase.Value![1..];
}
