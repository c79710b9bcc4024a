using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http;

/// <summary>How a link reaches a node over HTTP.</summary>
public sealed record HttpLinkOptions
{
    /// <summary>The token to show; null: none.</summary>
    public string? Token { get; init; }

    /// <summary>The principal's name, to show the token as its password (Basic); null: the token alone (Bearer).</summary>
    public string? User { get; init; }

    /// <summary>Which server an https address means, and what to show it.</summary>
    public TlsTrust Trust { get; init; } = new();

    /// <summary>
    /// The application's own way to send requests, used for all of them; proxies, TLS, connections and their order are then its business.
    /// Null: the framework's, one connection for renewals and writes, one for reads, one for each watch.
    /// </summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>A call that has no answer after this long breaks the link.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch on which nothing comes for this long is dead. Longer than the node's HttpServerOptions.WatchKeepAlive.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Longest answer, inflated, and longest event: 1 GiB holds two million instances of 500 bytes.</summary>
    public int AnswerBytesMax { get; init; } = 1_073_741_824;

    /// <summary>The defaults, for who dials so.</summary>
    /// <param name="credential">What is shown; null: nothing.</param>
    /// <param name="trust">Which servers are believed; null: those that the system trusts.</param>
    internal static HttpLinkOptions Of(LinkCredential? credential, TlsTrust? trust) =>
        new() { User = credential?.User, Token = credential?.Token, Trust = trust ?? new TlsTrust() };

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"HttpLinkOptions {{ User = {User}, Token = {(Token is null ? "none" : "(secret)")} }}";
}
