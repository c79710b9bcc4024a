using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Native;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.HttpServer.Watching;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.HttpServer;

/// <summary>
/// Brings a registry to callers over HTTP/1.1: Eureka's REST surface, the native <c>/v1</c>, health and two pages.
/// </summary>
/// <remarks>
/// <para>Shape: Kestrel alone, without a host, middleware or HttpContext; one delegate and a router written by hand.</para>
/// <para>Errors: <see cref="TransportStartException"/> from start; a request that fails in us is logged, never thrown.</para>
/// </remarks>
public sealed class HttpServerTransport : IServerTransport
{
    /// <summary>How often encoded forms that nobody asks for are given back.</summary>
    private static readonly TimeSpan s_trimInterval = TimeSpan.FromMinutes(1);

    /// <summary>Peers that come in by HTTP: far more than a cluster has nodes.</summary>
    private const int UpgradedMax = 1_024;

    private readonly ILoggerFactory _loggers;
    private readonly ListenAddress _address;
    private readonly AccessPolicy _access;
    private readonly TlsOptions? _tls;
    private readonly WireServing _wire;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpMeter _meter = new();
    private KestrelServer? _kestrel;
    private WatchHub? _watches;
    private Timer? _trimming;
    private bool _hasWire;

    /// <summary>A transport that does not listen yet.</summary>
    /// <param name="options">Where, and every limit.</param>
    /// <param name="loggers">Null: nothing is logged.</param>
    /// <param name="access">Who may come in; null: <see cref="AccessPolicy.Open"/>.</param>
    /// <param name="tls">The certificate, where <see cref="HttpServerOptions.Url"/> is https.</param>
    /// <param name="wire">Shared with the other adapters of the registry, for peers that come in by HTTP; null: one of its own.</param>
    /// <exception cref="ArgumentException">The options have problems, and the message names all; or https has no certificate.</exception>
    public HttpServerTransport(
        HttpServerOptions options,
        ILoggerFactory? loggers = null,
        AccessPolicy? access = null,
        TlsOptions? tls = null,
        WireServing? wire = null
    )
    {
        IReadOnlyList<OptionProblem> problems = options.Validate();
        if (problems.Count > 0 || !HttpUrl.TryParse(options.Url, out ListenAddress? address))
        {
            throw problems.Refused(nameof(HttpServerOptions), nameof(options));
        }

        if (options.IsSecure && tls is null)
        {
            throw new ArgumentException($"Cannot listen on {options.Url}: https needs a certificate.", nameof(tls));
        }

        Options = options;
        _access = access ?? AccessPolicy.Open;
        _tls = options.IsSecure ? tls : null;
        _address = address;
        _loggers = loggers ?? NullLoggerFactory.Instance;
        _wire = wire ?? new WireServing(access: _access, loggers: loggers);
    }

    /// <summary>The options in force.</summary>
    public HttpServerOptions Options { get; }

    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <inheritdoc/>
    public async Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        var sources = new DocumentSources(registry);
        var documents = new NativeDocuments(registry);
        _watches = new WatchHub(registry, Options.WatchersMax);
        var native = new NativeApi(registry, documents, _watches, Options);
        _hasWire = registry.Cluster is not null;
        var handler = new RequestHandler(
            new Dispatcher(registry, sources, native, new PeerUpgrade(_hasWire ? _wire.Open(registry) : null, _stopping.Token), _access, Options),
            _meter,
            _loggers.CreateLogger<HttpServerTransport>()
        );
        _kestrel = BuildKestrel();
        try
        {
            await _kestrel.StartAsync(handler, cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            throw TransportStartException.CannotListen(Options.Url, "HttpServerOptions.Url", e);
        }

        IEnumerable<string> addresses = _kestrel.Features.Get<IServerAddressesFeature>()!.Addresses;
        Addresses = [.. _tls is null ? addresses : addresses.Select(address => address.Replace("http://", "https://", StringComparison.Ordinal))];
        _trimming = new Timer(
            _ =>
            {
                sources.Trim();
                documents.Trim();
            },
            null,
            s_trimInterval,
            s_trimInterval
        );
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_trimming is not null)
        {
            await _trimming.DisposeAsync();
        }

        await _stopping.CancelAsync();
        _watches?.Stop();
        if (_kestrel is not null)
        {
            await _kestrel.StopAsync(cancellation);
        }

        if (Interlocked.Exchange(ref _hasWire, false))
        {
            _wire.Close();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _trimming?.Dispose();
        _watches?.Dispose();
        _kestrel?.Dispose();
        _meter.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private KestrelServer BuildKestrel()
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        SetLimits(options.Limits);
        HttpUrl.Apply(_address, options, Configure);
        var sockets = new SocketTransportFactory(
            Microsoft.Extensions.Options.Options.Create(new SocketTransportOptions()),
            _loggers
        );
        return new KestrelServer(Microsoft.Extensions.Options.Options.Create(options), sockets, _loggers);
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (_tls is { } tls)
        {
            var failures = new HandshakeFailures(_loggers.CreateLogger<HttpServerTransport>(), Name);
            listen.Use(next => new TlsConnection(tls, Options.HeaderTimeout, next, failures).ServeAsync);
        }
    }

    private void SetLimits(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = Options.ConnectionsMax;
        limits.MaxConcurrentUpgradedConnections = _hasWire ? UpgradedMax : 0;
        limits.MaxRequestLineSize = Options.RequestLineBytesMax;
        limits.MaxRequestHeadersTotalSize = Options.HeaderBytesMax;
        limits.MaxRequestHeaderCount = Options.HeadersMax;
        limits.RequestHeadersTimeout = Options.HeaderTimeout;
        limits.KeepAliveTimeout = Options.IdleTimeout;
        limits.MaxRequestBodySize = Math.Max(Options.BodyBytesMax, Options.BatchBodyBytesMax);
        limits.MinRequestBodyDataRate = new MinDataRate(Options.BytesPerSecondMin, Options.SlowStart);
        limits.MinResponseDataRate = new MinDataRate(Options.BytesPerSecondMin, Options.SlowStart);

        // Kestrel wants to buffer at least a whole request line and a whole set of headers.
        limits.MaxRequestBufferSize = Math.Max(
            limits.MaxRequestBufferSize ?? 0,
            Math.Max(Options.RequestLineBytesMax, Options.HeaderBytesMax)
        );
    }
}
