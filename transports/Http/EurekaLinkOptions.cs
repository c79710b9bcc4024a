using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http;

/// <summary>How a <see cref="EurekaLink"/> reaches a Eureka server, and how it follows it.</summary>
public sealed record EurekaLinkOptions
{
    /// <summary>Credentials, TLS and limits, as of any link over HTTP.</summary>
    public HttpLinkOptions Http { get; init; } = new();

    /// <summary>
    /// A watch asks for what has changed this often, a tenth more or less. Java's server answers from a cache of 30 s by default: asking
    /// more often than it looks shows nothing sooner.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A server that answers a watch but does not serve it (503, 500) is asked again at twice the interval, and twice that; after this
    /// many times the watch ends, so that another server may be asked.
    /// </summary>
    public int PollFailuresMax { get; init; } = 3;

    /// <summary>For waits, and for stamps of registrations that have none.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
