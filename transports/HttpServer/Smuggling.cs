using Microsoft.AspNetCore.Http;

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
