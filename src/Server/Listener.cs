using Rollcall.Core.Seams;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;

namespace Rollcall.Server;

/// <summary>One place where the server listens, and what decides whether it may.</summary>
/// <param name="Key">Option that names the place.</param>
/// <param name="Place">As people write it.</param>
/// <param name="IsLoopback">Nobody beyond this machine can connect.</param>
/// <param name="Exposure">What could happen on the way there; null: nothing, it has TLS with a certificate.</param>
internal sealed record Listener(string Key, string Place, bool IsLoopback, Danger? Exposure)
{
    private const string Readable = "everything sent, tokens too, can be read on the way";

    /// <summary>All that are on; a place that cannot be read is a problem already, and left out.</summary>
    public static IEnumerable<Listener> Of(HttpServerOptions? http, TcpServerOptions? tcp, QuicServerOptions? quic, bool hasCertificate)
    {
        const string AddCertificate = "add --tls-certificate FILE";
        if (http is not null && http.Validate().All(problem => problem.Name != nameof(http.Url)))
        {
            Danger? exposure = http.IsSecure ? null : new(Readable, "listen on https: with --tls-certificate FILE");
            yield return new(ServerSettings.UrlKey, http.Url, http.IsLoopback, exposure);
        }

        if (tcp is not null && ListenAddress.TryParse(tcp.Address, out ListenAddress? overTcp))
        {
            Danger? exposure = hasCertificate ? null : new(Readable, AddCertificate);
            yield return new(ServerSettings.TcpAddressKey, $"tcp://{tcp.Address}", overTcp.IsLoopback, exposure);
        }

        if (quic is not null && ListenAddress.TryParse(quic.Address, out ListenAddress? overQuic))
        {
            Danger? exposure = hasCertificate ? null : new("nobody vouches for its self-made certificate", AddCertificate);
            yield return new(ServerSettings.QuicAddressKey, $"quic://{quic.Address}", overQuic.IsLoopback, exposure);
        }
    }
}

/// <summary>What could happen, and what keeps it from happening; both as parts of a sentence.</summary>
internal sealed record Danger(string Text, string Remedy);
