using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Tcp.Sockets;
using Rollcall.Transports.Tcp.Tls;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp;

/// <summary>Brings a registry to callers over TCP, with TLS if there is a certificate: a connection is one lane of the wire.</summary>
/// <remarks>
/// <para>Shape: one loop that accepts; a connection runs where its socket's operations end, and no thread waits for any of them.</para>
/// <para>Errors: <see cref="TransportStartException"/> from start. Nothing that a peer does ends the loop.</para>
/// </remarks>
public sealed class TcpServerTransport : IServerTransport
{
    /// <summary>Where the system has no room for another connection, it is asked again after this long.</summary>
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(100);

    private readonly ListenAddress _address;
    private readonly WireServing _serving;
    private readonly TlsAcceptor? _tls;
    private readonly ILogger _logger;
    private readonly HandshakeFailures _handshakeFailures;
    private readonly OpenConnections _connections;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _listeners = [];
    private WireServer? _wire;
    private Task _accepting = Task.CompletedTask;

    /// <summary>A transport that does not listen yet.</summary>
    /// <param name="options">Where, and every limit.</param>
    /// <param name="wire">Shared with the other adapters of the registry; null: one of its own, with the defaults.</param>
    /// <param name="tls">The certificate; null: nothing is encrypted.</param>
    /// <param name="loggers">Null: nothing is logged.</param>
    /// <exception cref="ArgumentException">The options have problems; the message names all.</exception>
    public TcpServerTransport(
        TcpServerOptions options,
        WireServing? wire = null,
        TlsOptions? tls = null,
        ILoggerFactory? loggers = null
    )
    {
        IReadOnlyList<OptionProblem> problems = options.Validate();
        if (problems.Count > 0 || !ListenAddress.TryParse(options.Address, out ListenAddress? address))
        {
            throw problems.Refused(nameof(TcpServerOptions), nameof(options));
        }

        Options = options;
        _address = address;
        _serving = wire ?? new WireServing(loggers: loggers);
        _tls = tls is null ? null : new TlsAcceptor(tls, _serving.Access, options.HandshakeTimeout);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<TcpServerTransport>();
        _handshakeFailures = new HandshakeFailures(_logger, Name);
        _connections = new OpenConnections(
            options.ConnectionsMax,
            "TcpServerOptions.ConnectionsMax",
            Name,
            _logger
        );
    }

    /// <summary>The options in force.</summary>
    public TcpServerOptions Options { get; }

    /// <summary>Connections at this moment, those in a handshake counted.</summary>
    public int Connections => _connections.Count;

    /// <inheritdoc/>
    public string Name => "tcp";

    /// <inheritdoc/>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <inheritdoc/>
    public Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        try
        {
            _listeners.AddRange(_address.EndPoints().Select(Listen));
        }
        catch (SocketException e)
        {
            CloseListeners();
            throw TransportStartException.CannotListen(TcpAddress.Show(_address, _tls is not null), "TcpServerOptions.Address", e);
        }

        _wire = _serving.Open(registry);
        Addresses = [.. _listeners.Select(listener => TcpAddress.Show(listener.LocalEndPoint!, _tls is not null))];
        _accepting = Task.WhenAll(_listeners.Select(AcceptAsync));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        CloseListeners();
        await _accepting;
        await _connections.DrainAsync(cancellation);
        if (Interlocked.Exchange(ref _wire, null) is not null)
        {
            _serving.Close();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
    }

    private Socket Listen(IPEndPoint place)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (place.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = _address.IsEverywhere;
            }

            socket.Bind(place);
            socket.Listen(Options.Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void CloseListeners()
    {
        foreach (Socket listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        bool hasFailed = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(_stopping.Token));
                if (hasFailed)
                {
                    hasFailed = false;
                    _logger.ConnectionsTaken(Name);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // It came and went.
            }
            catch (SocketException e) when (!_stopping.IsCancellationRequested)
            {
                // No descriptor or no memory is left. The connection stays in the system's queue, so asking at once would only spin.
                if (!hasFailed)
                {
                    hasFailed = true;
                    _logger.AcceptFailed(Name, SocketFailure.Describe(e.SocketErrorCode));
                }

                await Task.Delay(s_acceptPause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Take(Socket socket)
    {
        ITcpLane lane;
        try
        {
            socket.ApplyWire(Options.KeepAliveTime);
            lane = _tls is null ? new SocketLane(socket, closesItself: false) : new TlsLane(socket, closesItself: false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose(); // It came and went.
            return;
        }

        if (!_connections.TryAdd(lane))
        {
            lane.Abort();
            return;
        }

        // Not here: what the client has sent already is worked on until it ends, and others wait to be accepted.
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Transport.ServeAsync(work.Lane, work.Socket),
            (Transport: this, Lane: lane, Socket: socket),
            preferLocal: false
        );
    }

    private async Task ServeAsync(ITcpLane lane, Socket socket)
    {
        string remote = socket.RemoteEndPoint?.ToString() ?? "";
        try
        {
            Principal? known = lane is TlsLane secure ? await _tls!.AcceptAsync(secure.Stream, _stopping.Token) : null;
            bool wasHeard = await _wire!.ServeAsync(lane, new LanePeer(Name, remote, known), _stopping.Token);
            if (!wasHeard && lane is TlsLane)
            {
                _handshakeFailures.Note(remote, "the client went behind it, without a word: it may not take this server for the one it means");
            }
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            _handshakeFailures.Note(remote, e.Message);
        }
        catch (Exception e)
        {
            _logger.ConnectionFailed(e, Name, remote);
        }
        finally
        {
            await EndAsync(lane);
        }
    }

    private async Task EndAsync(ITcpLane lane)
    {
        try
        {
            await lane.DisposeAsync();
        }
        finally
        {
            _connections.Remove(lane);
        }
    }
}
