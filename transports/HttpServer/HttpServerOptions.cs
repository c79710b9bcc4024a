using System.Net;
using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.HttpServer;

/// <summary>
/// Where the HTTP adapter listens, and every limit of it. Immutable; each has a default; ranges are in <see cref="Rules"/>.
/// </summary>
/// <remarks>What a registration may hold is limited by <see cref="RegistryOptions"/>; here is what a request may cost.</remarks>
public sealed record HttpServerOptions
{
    /// <summary>
    /// Where to listen: scheme http, or https with a certificate; an IP address, <c>localhost</c> or <c>*</c>; a port, 0 for any free one; no path.
    /// </summary>
    public string Url { get; init; } = "http://127.0.0.1:8761";

    /// <summary>Longest body of a registration, in bytes: as sent, and as it is once inflated.</summary>
    public int BodyBytesMax { get; init; } = 1_048_576;

    /// <summary>Longest body of a replication batch, in bytes: as sent, and as it is once inflated.</summary>
    public int BatchBodyBytesMax { get; init; } = 8_388_608;

    /// <summary>Most items in a replication batch. Java peers send at most 250.</summary>
    public int BatchItemsMax { get; init; } = 10_000;

    /// <summary>A body that is not complete after this long is refused.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A request whose body, or a reader whose answer, moves slower than this is cut off, in bytes per second.</summary>
    public int BytesPerSecondMin { get; init; } = 240;

    /// <summary>How long a body or an answer may be slower than <see cref="BytesPerSecondMin"/> at its beginning.</summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest request line, in bytes. The longest id and service, each byte percent-encoded, take 2.3 kB; the rest is for
    /// metadata in the query.
    /// </summary>
    public int RequestLineBytesMax { get; init; } = 16_384;

    /// <summary>All header lines of a request, in bytes.</summary>
    public int HeaderBytesMax { get; init; } = 16_384;

    /// <summary>Most header lines of a request.</summary>
    public int HeadersMax { get; init; } = 64;

    /// <summary>The header of a request must be complete after this long.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a request for this long is closed. Longer than two heartbeats at the usual 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Most connections at a time; one idle connection costs about 10 kB.</summary>
    public int ConnectionsMax { get; init; } = 100_000;

    /// <summary>Most that watch at a time, by event stream or long poll; an idle one costs about 15 kB with its connection.</summary>
    public int WatchersMax { get; init; } = 10_000;

    /// <summary>Longest wait of a long poll.</summary>
    public TimeSpan WatchWaitMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An event stream without news says this often that it lives. Shorter than the idle time of proxies, often 30 s or 60 s.</summary>
    public TimeSpan WatchKeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A watcher that takes nothing of what it is sent for this long is closed.</summary>
    public TimeSpan WatchStallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The range of every option, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<HttpServerOptions>> Rules { get; } =
    [
        new(
            "Url",
            o => o.Url,
            "http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address, localhost or *, and no path",
            o => HttpUrl.TryParse(o.Url, out _)
        ),
        new("BodyBytesMax", o => o.BodyBytesMax, 1_024, 1_073_741_824, "bytes"),
        new("BatchBodyBytesMax", o => o.BatchBodyBytesMax, 1_024, 1_073_741_824, "bytes"),
        new("BatchItemsMax", o => o.BatchItemsMax, 1, 1_000_000, "items"),
        new("BodyTimeout", o => o.BodyTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("BytesPerSecondMin", o => o.BytesPerSecondMin, 1, 1_048_576, "bytes per second"),
        new("SlowStart", o => o.SlowStart, TimeSpan.FromMilliseconds(1_001), TimeSpan.FromHours(1)),
        new("RequestLineBytesMax", o => o.RequestLineBytesMax, 1_024, 1_048_576, "bytes"),
        new("HeaderBytesMax", o => o.HeaderBytesMax, 1_024, 1_048_576, "bytes"),
        new("HeadersMax", o => o.HeadersMax, 8, 1_024, "headers"),
        new("HeaderTimeout", o => o.HeaderTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("IdleTimeout", o => o.IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        new("ConnectionsMax", o => o.ConnectionsMax, 1, 10_000_000, "connections"),
        new("WatchersMax", o => o.WatchersMax, 0, 10_000_000, "watchers"),
        new("WatchWaitMax", o => o.WatchWaitMax, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        new("WatchKeepAlive", o => o.WatchKeepAlive, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("WatchStallTimeout", o => o.WatchStallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
    ];

    /// <summary>True if <see cref="Url"/> is https.</summary>
    public bool IsSecure => HttpUrl.IsSecure(Url);

    /// <summary>True if nobody beyond this machine can connect. False also if <see cref="Url"/> cannot be read.</summary>
    public bool IsLoopback => HttpUrl.TryParse(Url, out ListenAddress? address) && address.IsLoopback;

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);
}
