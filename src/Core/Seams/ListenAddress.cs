using System.Diagnostics.CodeAnalysis;
using System.Globalization;

// The core opens no socket; this only reads an address, for every transport in the same way.
#pragma warning disable RS0030
using System.Net;
using System.Net.Sockets;

namespace Rollcall.Core.Seams;

/// <summary>Where a transport listens: <c>HOST:PORT</c>, with an IP address, <c>localhost</c> or <c>*</c>, and a port, 0 for any free one.</summary>
/// <param name="Address">Null: <c>localhost</c>, which is both loopback addresses.</param>
/// <param name="Port">0: any free one.</param>
public sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>What it may be, for people.</summary>
    public const string Form = "HOST:PORT with an IP address, localhost or *, and a port of 0..65535";

    /// <summary>True if nobody beyond this machine can connect.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>True if it means every address of this machine.</summary>
    public bool IsEverywhere => IPAddress.IPv6Any.Equals(Address);

    /// <summary>Reads <c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        if (
            colon < 1
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || !TryParseHost(text[..colon], out IPAddress? host)
        )
        {
            return false;
        }

        address = new ListenAddress(host, port);
        return true;
    }

    /// <summary>The addresses to bind, of those that this machine has.</summary>
    /// <remarks>Of <c>localhost</c> with any free port it is one, because two would get different ports.</remarks>
    public IReadOnlyList<IPEndPoint> EndPoints() =>
        Address is null && (Port == 0 || !Socket.OSSupportsIPv6) ? [new(IPAddress.Loopback, Port)]
        : Address is null ? [new(IPAddress.Loopback, Port), new(IPAddress.IPv6Loopback, Port)]
        : IsEverywhere && !Socket.OSSupportsIPv6 ? [new(IPAddress.Any, Port)]
        : [new(Address, Port)];

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

    /// <inheritdoc/>
    public override string ToString() =>
        Address is null ? string.Create(CultureInfo.InvariantCulture, $"localhost:{Port}") : new IPEndPoint(Address, Port).ToString();
}
