using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.HttpServer;

/// <summary>What <see cref="HttpServerOptions.Url"/> says.</summary>
internal static class HttpUrl
{
    private const string Plain = "http://";
    private const string Secure = "https://";

    public static bool TryParse(string url, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        string scheme = IsSecure(url) ? Secure : Plain;
        return url is not null
            && url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && ListenAddress.TryParse(url.AsSpan(scheme.Length).TrimEnd('/'), out address);
    }

    /// <summary>True if the scheme is https.</summary>
    public static bool IsSecure(string? url) => url?.StartsWith(Secure, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Makes Kestrel listen there. It binds both loopback addresses to one port only if the port is given.</summary>
    public static void Apply(ListenAddress address, KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (address.Address is null && address.Port != 0)
        {
            kestrel.ListenLocalhost(address.Port, configure);
        }
        else if (address.IsEverywhere)
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
        else
        {
            kestrel.Listen(address.Address ?? IPAddress.Loopback, address.Port, configure);
        }
    }
}
