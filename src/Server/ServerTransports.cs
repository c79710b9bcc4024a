using Microsoft.Extensions.Logging;
using Rollcall.Core.Seams;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Server;

/// <summary>The transports that the settings ask for: the one place that makes them.</summary>
internal static class ServerTransports
{
    /// <summary>In the order in which they start; whoever gets them disposes of them. QUIC is left out where it is not supported.</summary>
    public static IReadOnlyList<IServerTransport> Create(ServerSettings settings, ILoggerFactory loggers)
    {
        // One for all: a change is encoded once, whichever protocol takes it away.
        var wire = new WireServing(settings.Wire, settings.Access, loggers);
        var transports = new List<IServerTransport>();
        if (settings.Http is { } http)
        {
            transports.Add(new HttpServerTransport(http, loggers, settings.Access, settings.Tls, wire));
        }

        if (settings.Tcp is { } tcp)
        {
            transports.Add(new TcpServerTransport(tcp, wire, settings.Tls, loggers));
        }

        if (settings.Quic is { } quic && QuicSupport.IsSupported)
        {
            transports.Add(new QuicServerTransport(quic, wire, settings.Tls, loggers));
        }

        return transports;
    }
}
