using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer;

/// <summary>Requests whose length two parties could read differently.</summary>
internal static class Smuggling
{
    /// <summary>Where Kestrel puts Content-Length when Transfer-Encoding is there as well.</summary>
    private const string SetAside = "X-Content-Length";

    /// <summary>
    /// True if both lengths were sent (RFC 9112, 6.1: may be refused as an error; a registry has no use for leniency).
    /// </summary>
    public static bool IsSuspected(IHeaderDictionary headers) =>
        headers.TransferEncoding.Count > 0 && headers.ContainsKey(SetAside);
}

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
