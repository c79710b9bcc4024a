using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.HttpServer;

/// <summary>Brings a registry to callers over HTTP/1.1: Eureka's REST surface, the native <c>/v1</c>, health and two pages.</summary>
public sealed class HttpServerTransport : IServerTransport
{
    /// <summary>A transport that does not listen yet. Logs nothing if <paramref name="loggers"/> is null.</summary>
    /// <exception cref="ArgumentException">The options have problems; the message names all.</exception>
    public HttpServerTransport(HttpServerOptions options, ILoggerFactory? loggers = null)
    {
        Options = options;
        _ = loggers;
    }

    /// <summary>The options in force.</summary>
    public HttpServerOptions Options { get; }

    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public IReadOnlyList<string> Addresses => [];

    /// <inheritdoc/>
    public Task StartAsync(RegistryService registry, CancellationToken cancellation) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
