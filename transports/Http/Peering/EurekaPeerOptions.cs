namespace Rollcall.Transports.Http.Peering;

/// <summary>How a node reaches a Java server that is its peer.</summary>
public sealed record EurekaPeerOptions
{
    /// <summary>
    /// Credentials, TLS and limits. A batch that has no answer after 5 s is tried again, as with Netflix's servers. Its limit of an answer is
    /// that of the copy; the answer to a batch has <see cref="BatchAnswerBytesMax"/>.
    /// </summary>
    public HttpLinkOptions Http { get; init; } = new() { CallTimeout = TimeSpan.FromSeconds(5) };

    /// <summary>The copy of all that a server has must be here after this long: 100 MB in a minute is 14 Mbit/s.</summary>
    public TimeSpan CopyTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest answer to a batch: 250 records of 250 kB.</summary>
    public int BatchAnswerBytesMax { get; init; } = 64 * 1024 * 1024;
}
