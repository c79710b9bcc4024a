using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer;

/// <summary>Writes that a browser sends on behalf of a page from elsewhere.</summary>
/// <remarks>
/// A registry on loopback is reachable from every page its user opens. Browsers ask before a PUT or DELETE across origins, and
/// get no permission here, but POST they just send, with the page's Origin. No client of Eureka sends one.
/// </remarks>
internal static class CrossSite
{
    /// <summary>True if there is an Origin that is not the host the request was sent to.</summary>
    public static bool IsSuspected(IHeaderDictionary headers)
    {
        StringValues origin = headers.Origin;
        if (origin.Count == 0)
        {
            return false;
        }

        ReadOnlySpan<char> authority = origin[0];
        int slashes = authority.IndexOf("://");
        return slashes < 0 || !authority[(slashes + 3)..].Equals(headers.Host.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
