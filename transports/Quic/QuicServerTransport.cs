using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Quic;

/// <summary>Brings a registry to callers over QUIC: every stream that a client opens is a lane of the wire.</summary>
/// <remarks>
/// <para>
/// Shape: one loop that accepts; <see cref="QuicLanes"/> for each connection. QUIC always encrypts: without a certificate the adapter
/// makes one at start, which clients recognise by its <see cref="Fingerprint"/>.
/// </para>
/// <para>Errors: <see cref="TransportStartException"/> from start. Nothing that a peer does ends the loop.</para>
/// </remarks>
public sealed class QuicServerTransport : IServerTransport
{
    // A second in all, of which the library needs some milliseconds. It says nothing when it is done.
    private const int PortTries = 50;
    private static readonly TimeSpan s_portPause = TimeSpan.FromMilliseconds(20);

    private readonly ListenAddress _address;
    private readonly WireServing _serving;
    private readonly TlsOptions _tls;
    private readonly X509Certificate2? _selfMade;
    private readonly SslStreamCertificateContext _certificate;
    private readonly ILogger _logger;
    private readonly HandshakeFailures _handshakeFailures;
    private readonly OpenConnections _connections;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<QuicListener> _listeners = [];
    private IPEndPoint[] _places = []; // that they listen on
    private WireServer? _wire;
    private Task _accepting = Task.CompletedTask;

    /// <summary>A transport that does not listen yet.</summary>
    /// <param name="options">Where, and every limit.</param>
    /// <param name="wire">Shared with the other adapters of the registry; null: one of its own, with the defaults.</param>
    /// <param name="tls">The certificate; null: one is made, for loopback, in memory only.</param>
    /// <param name="loggers">Null: nothing is logged.</param>
    /// <exception cref="ArgumentException">The options have problems; the message names all.</exception>
    public QuicServerTransport(
        QuicServerOptions options,
        WireServing? wire = null,
        TlsOptions? tls = null,
        ILoggerFactory? loggers = null
    )
    {
        IReadOnlyList<OptionProblem> problems = options.Validate();
        if (problems.Count > 0 || !ListenAddress.TryParse(options.Address, out ListenAddress? address))
        {
            throw problems.Refused(nameof(QuicServerOptions), nameof(options));
        }

        Options = options;
        _address = address;
        _serving = wire ?? new WireServing(loggers: loggers);
        _selfMade = tls is null ? SelfMadeCertificate.Create() : null;
        _tls = tls ?? new TlsOptions(_selfMade!);
        _certificate = SslStreamCertificateContext.Create(_tls.Certificate, _tls.Intermediates, offline: true);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<QuicServerTransport>();
        _handshakeFailures = new HandshakeFailures(_logger, Name);
        _connections = new OpenConnections(
            options.ConnectionsMax,
            "QuicServerOptions.ConnectionsMax",
            Name,
            _logger
        );
    }

    /// <summary>The options in force.</summary>
    public QuicServerOptions Options { get; }

    /// <summary>SHA-256 of the certificate, hexadecimal: what a client that knows no authority for it can check.</summary>
    public string Fingerprint => CertificateFingerprint.Of(_tls.Certificate);

    /// <summary>True if nobody vouches for the certificate but this process.</summary>
    public bool IsSelfMade => _selfMade is not null;

    /// <summary>Connections at this moment.</summary>
    public int Connections => _connections.Count;

    /// <inheritdoc/>
    public string Name => "quic";

    /// <inheritdoc/>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <inheritdoc/>
    public async Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        if (QuicSupport.Problem is { } problem)
        {
            throw new TransportStartException($"Cannot listen on quic://{_address}: {problem}.");
        }

        try
        {
            foreach (IPEndPoint place in _address.EndPoints())
            {
                _listeners.Add(await ListenAsync(place, cancellation));
            }
        }
        catch (Exception e) when (e is QuicException or SocketException)
        {
            await CloseListenersAsync();
            throw TransportStartException.CannotListen($"quic://{_address}", "QuicServerOptions.Address", e);
        }

        _wire = _serving.Open(registry);
        _places = [.. _listeners.Select(listener => listener.LocalEndPoint)];
        Addresses = [.. _places.Select(place => $"quic://{place}")];
        _accepting = Task.WhenAll(_listeners.Select(AcceptAsync));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await CloseListenersAsync();
        await _accepting;
        await _connections.DrainAsync(cancellation);
        if (Interlocked.Exchange(ref _wire, null) is not null)
        {
            _serving.Close();
            await WhenPortsAreFreeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
        _selfMade?.Dispose();
    }

    /// <summary>
    /// True if a caller may come in from there. The library binds every address of the machine for a listener on loopback, and hands
    /// over whoever reaches the port.
    /// </summary>
    internal static bool MayComeFrom(ListenAddress listensOn, IPEndPoint remote) =>
        !listensOn.IsLoopback
        || IPAddress.IsLoopback(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address);

    private async ValueTask<QuicListener> ListenAsync(IPEndPoint place, CancellationToken cancellation)
    {
        BindAlone(place);
        return await QuicListener.ListenAsync(
            new QuicListenerOptions
            {
                ListenEndPoint = place,
                ApplicationProtocols = [WireProtocol.Alpn],
                ConnectionOptionsCallback = (connection, _, _) => ValueTask.FromResult(OptionsFor(connection)),
            },
            cancellation
        );
    }

    /// <summary>The library shares a port with whoever has it already, and the two would get each other's clients: asks for it alone first.</summary>
    /// <exception cref="SocketException">Somebody has it, or may not have it.</exception>
    private static void BindAlone(IPEndPoint place)
    {
        using var alone = new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        alone.Bind(place);
    }

    /// <summary>
    /// The library lets go of a port a moment after its last connection ended, and the seam promises that whoever has stopped holds no
    /// socket: waits for that moment, but not for somebody who took the port meanwhile.
    /// </summary>
    private async Task WhenPortsAreFreeAsync()
    {
        int tries = PortTries;
        foreach (IPEndPoint place in _places)
        {
            while (!IsFree(place) && tries-- > 0)
            {
                await Task.Delay(s_portPause);
            }
        }
    }

    private static bool IsFree(IPEndPoint place)
    {
        try
        {
            BindAlone(place);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private QuicServerConnectionOptions OptionsFor(QuicConnection connection)
    {
        if (!MayComeFrom(_address, connection.RemoteEndPoint) || !MayComeFrom(_address, connection.LocalEndPoint))
        {
            throw new AuthenticationException($"{connection.RemoteEndPoint} is not on this machine, and the listener is on loopback");
        }

        return new QuicServerConnectionOptions
        {
            DefaultCloseErrorCode = QuicLanes.Closed,
            DefaultStreamErrorCode = QuicLanes.Closed,
            MaxInboundBidirectionalStreams = Options.LanesMax,
            MaxInboundUnidirectionalStreams = 0,
            HandshakeTimeout = Options.HandshakeTimeout,
            IdleTimeout = Options.IdleTimeout,
            ServerAuthenticationOptions = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate,
                ApplicationProtocols = [WireProtocol.Alpn],
                ClientCertificateRequired = _tls.ClientAuthorities is not null,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,

                // What else the errors say is not for us: a client's certificate need not be for the name of the server.
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    string? refusal = ClientCheck.Refusal(_tls, certificate, chain);
                    if (refusal is not null)
                    {
                        _handshakeFailures.Note(connection.RemoteEndPoint.ToString(), refusal);
                    }

                    return refusal is null;
                },
            },
        };
    }

    private async Task CloseListenersAsync()
    {
        foreach (QuicListener listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }

    private async Task AcceptAsync(QuicListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptConnectionAsync(_stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                // Each handshake that fails comes out here, whoever is to blame; the listener goes on.
                _handshakeFailures.Note("a client", e.GetBaseException().Message);
            }
        }
    }

    private void Take(QuicConnection connection)
    {
        var lanes = new QuicLanes(connection, Options.HandshakeTimeout);
        if (!_connections.TryAdd(lanes))
        {
            lanes.Abort();
            return;
        }

        _ = ServeAsync(lanes, connection);
    }

    private async Task ServeAsync(QuicLanes lanes, QuicConnection connection)
    {
        string remote = connection.RemoteEndPoint.ToString();
        try
        {
            Principal? known = connection.RemoteCertificate is X509Certificate2 client ? _serving.Access.ByCertificate(client) : null;
            var peer = new LanePeer(Name, remote, known);
            await lanes.ServeAsync(lane => _wire!.ServeAsync(lane, peer, _stopping.Token), _stopping.Token);
        }
        catch (Exception e)
        {
            _logger.ConnectionFailed(e, Name, remote);
        }
        finally
        {
            _connections.Remove(lanes);
        }
    }
}
