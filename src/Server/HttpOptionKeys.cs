using Rollcall.Configuration;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Server;

/// <summary>The options of the HTTP adapter as a configuration names them: the one place that pairs key and property.</summary>
internal static class HttpOptionKeys
{
    /// <summary>Every option, in the order of <see cref="HttpServerOptions"/>.</summary>
    public static OptionKeySet<HttpServerOptions> All { get; } = new(HttpServerOptions.Rules)
    {
        { OptionKind.Text, o => o.Url, (o, v) => o with { Url = v } },
        { OptionKind.Whole, o => o.BodyBytesMax, (o, v) => o with { BodyBytesMax = v } },
        { OptionKind.Whole, o => o.BatchBodyBytesMax, (o, v) => o with { BatchBodyBytesMax = v } },
        { OptionKind.Whole, o => o.BatchItemsMax, (o, v) => o with { BatchItemsMax = v } },
        { OptionKind.Duration, o => o.BodyTimeout, (o, v) => o with { BodyTimeout = v } },
        { OptionKind.Whole, o => o.BytesPerSecondMin, (o, v) => o with { BytesPerSecondMin = v } },
        { OptionKind.Duration, o => o.SlowStart, (o, v) => o with { SlowStart = v } },
        { OptionKind.Whole, o => o.RequestLineBytesMax, (o, v) => o with { RequestLineBytesMax = v } },
        { OptionKind.Whole, o => o.HeaderBytesMax, (o, v) => o with { HeaderBytesMax = v } },
        { OptionKind.Whole, o => o.HeadersMax, (o, v) => o with { HeadersMax = v } },
        { OptionKind.Duration, o => o.HeaderTimeout, (o, v) => o with { HeaderTimeout = v } },
        { OptionKind.Duration, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v } },
        { OptionKind.Whole, o => o.ConnectionsMax, (o, v) => o with { ConnectionsMax = v } },
        { OptionKind.Whole, o => o.WatchersMax, (o, v) => o with { WatchersMax = v } },
        { OptionKind.Duration, o => o.WatchWaitMax, (o, v) => o with { WatchWaitMax = v } },
        { OptionKind.Duration, o => o.WatchKeepAlive, (o, v) => o with { WatchKeepAlive = v } },
        { OptionKind.Duration, o => o.WatchStallTimeout, (o, v) => o with { WatchStallTimeout = v } },
    };
}
