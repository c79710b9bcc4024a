using Rollcall.Client;
using Rollcall.Core.Seams;
using Rollcall.Dialing;

namespace Rollcall.Interop.Tests.Links;

/// <summary>Who dials: what is shown to the server, and which server is believed. The default shows nothing and believes the system.</summary>
internal sealed record Caller(string? Token = null, TlsTrust? Trust = null);

/// <summary>Opens links of every scheme to a real server, as an application would.</summary>
internal static class Dial
{
    /// <summary>How links of each scheme are opened.</summary>
    public static IReadOnlyDictionary<string, LinkFactory> Factories(Caller? caller = null) =>
        new LinkDialer(caller?.Token, caller?.Trust).Factories;

    /// <summary>A link to the server by one of its schemes; with TLS if it listens so.</summary>
    public static ValueTask<IRegistryLink> OpenAsync(
        ServerProcess server,
        string scheme,
        Caller? caller = null,
        CancellationToken cancellation = default
    )
    {
        Uri address = server.AddressOf(scheme);
        return Factories(caller)[address.Scheme](address, cancellation);
    }
}
