using System.Diagnostics.CodeAnalysis;
using System.Net;
using Rollcall.Transports.Http;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Server.Clustering;

/// <summary>Where a peer is, and what to show it. Its text never holds the secret.</summary>
/// <param name="Scheme">Lower case.</param>
/// <param name="Host">Name or IP address, without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="User">Empty: none.</param>
/// <param name="Secret">Token: of the user, or alone; empty: none.</param>
/// <param name="Path">Of a Eureka server: where its <c>apps</c> are; else empty.</param>
internal sealed record PeerAddress(string Scheme, string Host, int Port, string User, string Secret, string Path)
{
    /// <summary>What it may be, for people.</summary>
    public const string Form = "tcp://HOST:PORT, tcps://, quic://, http:// or https://, or of a Eureka server eureka+http://HOST:PORT/eureka";

    private const int HttpPort = 8761;

    /// <summary>The schemes there are.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["tcp", "tcps", "quic", "http", "https", EurekaAddress.Scheme, EurekaAddress.SecureScheme];

    /// <summary>True if nobody beyond this machine is dialled.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>True if what is sent cannot be read on the way.</summary>
    public bool IsEncrypted => Scheme is "tcps" or "quic" or "https" or EurekaAddress.SecureScheme;

    /// <summary>True if it is a Eureka server, and no node of the cluster.</summary>
    public bool IsEureka => Scheme is EurekaAddress.Scheme or EurekaAddress.SecureScheme;

    /// <summary>Reads <c>SCHEME://[USER:TOKEN@]HOST[:PORT]</c>, of a Eureka server with its path.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || !Schemes.Contains(uri.Scheme) || uri.Host.Length == 0)
        {
            return false;
        }

        bool eureka = uri.Scheme is EurekaAddress.Scheme or EurekaAddress.SecureScheme;
        if ((eureka ? uri.Query : uri.PathAndQuery.Trim('/')).Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        string[] info = uri.UserInfo.Split(':', 2);
        bool http = uri.Scheme.Contains("http", StringComparison.Ordinal);
        string path = eureka ? uri.AbsolutePath.TrimEnd('/') : "";
        string place = text.TrimEnd('/');
        place = place[..^(place.EndsWith(path, StringComparison.Ordinal) ? path.Length : 0)];
        string number = place[(place.LastIndexOf(':') + 1)..];
        bool named = number.Length > 0 && number.All(char.IsAsciiDigit); // a port that is the scheme's own is as good as any
        int port = named ? uri.Port : http ? HttpPort : WireProtocol.Port;
        string user = Uri.UnescapeDataString(info.Length == 2 ? info[0] : "");
        address = new PeerAddress(uri.Scheme, uri.IdnHost.Trim('[', ']'), port, user, Uri.UnescapeDataString(info[^1]), path);
        return port > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}{Path}" : $"{Scheme}://{Host}:{Port}{Path}";
}
