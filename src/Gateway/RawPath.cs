using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace Rollcall.Gateway;

/// <summary>Forwards the path behind the service letter by letter, as the caller wrote it.</summary>
/// <remarks>
/// From the decoded path it cannot be told whether a <c>%2F</c> was written so or as <c>%252F</c>; YARP takes it for the latter. A path
/// with parts that lead upwards is forwarded as the server resolved it: what goes out must be below the service that was chosen.
/// </remarks>
internal static class RawPath
{
    private static readonly UriCreationOptions s_asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static ValueTask KeepAsync(RequestTransformContext transform)
    {
        if (BehindService(transform.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) is { } rest)
        {
            string address = transform.DestinationPrefix.TrimEnd('/') + rest;
            transform.ProxyRequest.RequestUri = new Uri(address, s_asItIs);
        }

        return default;
    }

    /// <summary>Path and query behind the first part of the path; null if they are not to be taken as they are.</summary>
    internal static string? BehindService(string target)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        if (!path.StartsWith('/') || path.Contains('\\') || HasDots(path))
        {
            return null;
        }

        int end = path.IndexOf('/', 1);
        string rest = end < 0 ? "/" : path[end..];
        return query < 0 ? rest : rest + target[query..];
    }

    private static bool HasDots(string path) =>
        path.Contains("/.", StringComparison.Ordinal) || path.Contains("/%2e", StringComparison.OrdinalIgnoreCase);
}
