using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Transports.Tests.Server;

/// <summary>A real Kestrel on a free port over a registry whose clock is moved by hand and whose secrets are fixed.</summary>
public sealed class HttpFixture : IAsyncDisposable
{
    private readonly HttpServerTransport _transport;
    private readonly FailureLog _log;

    private HttpFixture(RegistryOptions registry, HttpServerOptions http, AccessPolicy? access, TlsOptions? tls, bool logEverything)
    {
        _log = new FailureLog(logEverything);
        Registry = new RegistryService(registry, Clock);
        _transport = new HttpServerTransport(http, _log, access, tls);
    }

    public HandClock Clock { get; } = new();

    public RegistryService Registry { get; }

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>No exception escaped a handler: each would be a bug, and a 500.</summary>
    public void AssertNoFailures() => Assert.True(_log.Failures.Count == 0, string.Join('\n', _log.Failures));

    /// <summary>All that was logged: failures, or of whatever level if that was asked for.</summary>
    public IReadOnlyList<string> Logged => _log.All;

    public static async Task<HttpFixture> StartAsync(
        HttpServerOptions? http = null,
        RegistryOptions? registry = null,
        AccessPolicy? access = null,
        TlsOptions? tls = null,
        bool logEverything = false
    )
    {
        var fixture = new HttpFixture(
            registry ?? new RegistryOptions { Seed = 0xC0FFEE, NodeId = 7 },
            (http ?? new HttpServerOptions()) with
            {
                Url = tls is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0",
            },
            access,
            tls,
            logEverything
        );
        await fixture._transport.StartAsync(fixture.Registry, CancellationToken.None);
        fixture.EndPoint = IPEndPoint.Parse(new Uri(fixture._transport.Addresses[0]).Authority);
        return fixture;
    }

    public RawConnection Connect() => new(EndPoint);

    /// <summary>One request on a connection of its own; Host and Content-Length are added unless they are there.</summary>
    public RawAnswer Ask(string method, string target, string headers = "", ReadOnlySpan<byte> body = default)
    {
        using RawConnection connection = Connect();
        connection.Send(RequestBytes(method, target, headers, body));
        return connection.Receive(toHead: method == "HEAD");
    }

    public RawAnswer Ask(string method, string target, string headers, string body) =>
        Ask(method, target, headers, Encoding.UTF8.GetBytes(body));

    public static byte[] RequestBytes(string method, string target, string headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        if (!headers.Contains("Host:", StringComparison.OrdinalIgnoreCase))
        {
            head.Append("Host: registry\r\n");
        }

        if (headers.Length > 0)
        {
            head.Append(headers.ReplaceLineEndings("\r\n").TrimEnd()).Append("\r\n");
        }

        bool framed =
            headers.Contains("Content-Length:", StringComparison.OrdinalIgnoreCase)
            || headers.Contains("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase);
        if (!framed && (body.Length > 0 || method is "POST" or "PUT"))
        {
            head.Append($"Content-Length: {body.Length}\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>Time passes, and the registry notices.</summary>
    public void Pass(TimeSpan span)
    {
        for (TimeSpan step = TimeSpan.FromMilliseconds(500); span > TimeSpan.Zero; span -= step)
        {
            Clock.Pass(span < step ? span : step);
            Registry.Advance(Registry.Now);
        }
    }

    public Instance? Find(string service, string id) => Registry.Find(InstanceKey.Of(service, id));

    public void Register(string service, string id) =>
        Assert.Null(Registry.Register(RegistrationBuilder.Of(service, id), Registry.Now).Error);

    /// <summary>What a stop takes that waits for somebody who does not go: far more than any other.</summary>
    public static TimeSpan StopPatience { get; } = TimeSpan.FromSeconds(40);

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopPatience);
        await _transport.StopAsync(deadline.Token);
        await _transport.DisposeAsync();
    }

    private sealed class FailureLog(bool everything) : ILoggerFactory, ILogger
    {
        private readonly List<string> _failures = [];
        private readonly List<string> _all = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_failures)
                {
                    return [.. _all];
                }
            }
        }

        public IReadOnlyList<string> Failures
        {
            get
            {
                lock (_failures)
                {
                    return [.. _failures];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => everything || logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            string line = $"{formatter(state, exception)} {exception}";
            lock (_failures)
            {
                _all.Add(line);
                if (logLevel >= LogLevel.Error)
                {
                    _failures.Add(line);
                }
            }
        }

        public void Dispose() { }
    }
}
