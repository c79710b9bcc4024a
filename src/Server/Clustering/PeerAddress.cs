using System.Diagnostics.CodeAnalysis;
using System.Net;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Server.Clustering;

/// <summary>Where a peer is, and what to show it. Its text never holds the secret.</summary>
/// <param name="Scheme">Lower case.</param>
/// <param name="Host">Name or IP address, without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="User">Empty: none.</param>
/// <param name="Secret">Token: of the user, or alone; empty: none.</param>
internal sealed record PeerAddress(string Scheme, string Host, int Port, string User, string Secret)
{
    /// <summary>What it may be, for people.</summary>
    public const string Form = "tcp://HOST:PORT, tcps://, quic://, http:// or https://";

    private const int HttpPort = 8761;

    /// <summary>The schemes there are.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["tcp", "tcps", "quic", "http", "https"];

    /// <summary>True if nobody beyond this machine is dialled.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>True if what is sent cannot be read on the way.</summary>
    public bool IsEncrypted => Scheme is "tcps" or "quic" or "https";

    /// <summary>Reads <c>SCHEME://[USER:TOKEN@]HOST[:PORT]</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || !Schemes.Contains(uri.Scheme) || uri.Host.Length == 0)
        {
            return false;
        }

        if (uri.PathAndQuery.Trim('/').Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        string[] info = uri.UserInfo.Split(':', 2);
        bool http = uri.Scheme.StartsWith("http", StringComparison.Ordinal);
        string place = text.TrimEnd('/');
        string number = place[(place.LastIndexOf(':') + 1)..];
        bool named = number.Length > 0 && number.All(char.IsAsciiDigit); // a port that is the scheme's own is as good as any
        int port = named ? uri.Port : http ? HttpPort : WireProtocol.Port;
        string user = Uri.UnescapeDataString(info.Length == 2 ? info[0] : "");
        address = new PeerAddress(uri.Scheme, uri.IdnHost.Trim('[', ']'), port, user, Uri.UnescapeDataString(info[^1]));
        return port > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}" : $"{Scheme}://{Host}:{Port}";
}
