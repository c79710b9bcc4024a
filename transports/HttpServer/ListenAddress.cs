using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rollcall.Transports.HttpServer;

/// <summary>What <see cref="HttpServerOptions.Url"/> says.</summary>
/// <param name="Address">Null: both loopback addresses.</param>
/// <param name="Port">0: any free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    private const string Scheme = "http://";

    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    public static bool TryParse(string url, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        if (url is null || !url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> authority = url.AsSpan(Scheme.Length).TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        if (
            colon < 1
            || !ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || !TryParseHost(authority[..colon], out IPAddress? host)
        )
        {
            return false;
        }

        address = new ListenAddress(host, port);
        return true;
    }

    /// <summary>Makes Kestrel listen here. It binds both loopback addresses to one port only if the port is given.</summary>
    public void Apply(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (Address is null && Port != 0)
        {
            kestrel.ListenLocalhost(Port, configure);
        }
        else if (IPAddress.IPv6Any.Equals(Address))
        {
            kestrel.ListenAnyIP(Port, configure);
        }
        else
        {
            kestrel.Listen(Address ?? IPAddress.Loopback, Port, configure);
        }
    }

    private static bool TryParseHost(ReadOnlySpan<char> host, out IPAddress? address)
    {
        address = null;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (host is "*" or "+")
        {
            address = IPAddress.IPv6Any;
            return true;
        }

        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        return IPAddress.TryParse(bracketed ? host[1..^1] : host, out address) && bracketed == address.ToString().Contains(':');
    }
}
