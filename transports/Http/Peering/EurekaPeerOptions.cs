namespace Rollcall.Transports.Http.Peering;

/// <summary>How a node reaches a Java server that is its peer.</summary>
public sealed record EurekaPeerOptions
{
    /// <summary>Credentials, TLS and limits. A batch that has no answer after 5 s is tried again, as with Netflix's servers.</summary>
    public HttpLinkOptions Http { get; init; } = new() { CallTimeout = TimeSpan.FromSeconds(5) };
}
