using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rollcall.Core.Access;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.HttpServer.Upgrading;

/// <summary><c>GET /v1/peer</c> with <c>Upgrade: rollcall/1</c>: the connection becomes a lane of the wire.</summary>
/// <remarks>For nodes between which only HTTP passes. Whoever asks has the right to replicate: the gate has seen to that.</remarks>
internal sealed class PeerUpgrade(WireServer? wire, CancellationToken stopping)
{
    /// <summary>The name of the protocol, and its major version; the same as in ALPN.</summary>
    public const string Protocol = "rollcall/1";

    public Task Serve(Exchange exchange, IHttpUpgradeFeature? upgrade)
    {
        exchange.Headers.CacheControl = Names.NoStore;
        if (wire is null)
        {
            exchange.NotFound("This node takes no peers over HTTP.");
        }
        else if (upgrade is not { IsUpgradableRequest: true } || !Asks(exchange.RequestHeaders.Upgrade))
        {
            exchange.Headers.Upgrade = Protocol;
            exchange.Headers.Connection = "Upgrade";
            exchange.Refuse(StatusCodes.Status426UpgradeRequired, $"Nodes meet here: send Connection: Upgrade and Upgrade: {Protocol}.");
        }
        else
        {
            return ServeAsync(exchange, upgrade);
        }

        return Task.CompletedTask;
    }

    private static bool Asks(IEnumerable<string?> upgrade) =>
        upgrade.Any(value => string.Equals(value?.Trim(), Protocol, StringComparison.OrdinalIgnoreCase));

    private async Task ServeAsync(Exchange exchange, IHttpUpgradeFeature upgrade)
    {
        exchange.Headers.Upgrade = Protocol;
        Principal caller = exchange.Caller;
        await using Stream stream = await upgrade.UpgradeAsync();
        await wire!.ServeAsync(new StreamLane(stream), new LanePeer("http", exchange.Remote, caller), stopping);
    }
}
