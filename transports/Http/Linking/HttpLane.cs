using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Linking;

/// <summary>Sends requests to one node, in order over one connection unless told otherwise, and reads bounded answers.</summary>
/// <remarks>Errors: what HTTP and sockets throw goes through to <see cref="HttpLink"/>, which knows what it means for the link.</remarks>
internal sealed class HttpLane : IDisposable
{
    private static readonly UriCreationOptions s_asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly Uri _node;
    private readonly int _answerBytesMax;

    /// <param name="node">Scheme, host and port.</param>
    /// <param name="options">How.</param>
    /// <param name="connectionsMax">Most connections at a time.</param>
    /// <param name="headers">Sent with each request.</param>
    public HttpLane(Uri node, HttpLinkOptions options, int connectionsMax, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        _node = node;
        _answerBytesMax = options.AnswerBytesMax;
        _http =
            options.Handler is { } handler
                ? new HttpClient(handler, disposeHandler: false)
                : new HttpClient(HandlerOf(options.Trust, connectionsMax), disposeHandler: true);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _http.DefaultRequestHeaders.Authorization = AuthorizationOf(options);
        foreach ((string name, string value) in headers)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }
    }

    public async Task<HttpAnswer> SendAsync(HttpMethod method, string target, HttpContent? content, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(method, target, content);
        if (method == HttpMethod.Get)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        }

        using HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        return await ReadAsync(response, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a stream of events; an answer that is none is read as any other.</summary>
    public async Task<(HttpResponseMessage Response, HttpAnswer? Refused)> OpenAsync(string target, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, target, null);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        bool events = response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return events ? (response, null) : (response, await ReadAsync(response, cancellation).ConfigureAwait(false));
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler HandlerOf(TlsTrust trust, int connectionsMax)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connectionsMax,
            AllowAutoRedirect = false, // a redirect would carry the credentials away
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60), // before the node closes it, so that no request meets its end
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                    trust.AcceptsServer(
                        shown as X509Certificate2,
                        chain,
                        nameFits: !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
                        systemTrusts: errors == SslPolicyErrors.None
                    ),
            },
        };
        if (trust.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return handler;
    }

    private static AuthenticationHeaderValue? AuthorizationOf(HttpLinkOptions options) =>
        options.Token is not { } token ? null
        : options.User is not { } user ? new AuthenticationHeaderValue("Bearer", token)
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}")));

    // Names in paths are percent-encoded already, dots included as they are: nobody may read them a second time.
    private HttpRequestMessage Request(HttpMethod method, string target, HttpContent? content) =>
        new(method, new Uri(_node.GetLeftPart(UriPartial.Authority) + target, s_asItIs))
        {
            Content = content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using Stream sent = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        bool inflate = response.Content.Headers.ContentEncoding.Contains("gzip");
        using Stream plain = inflate ? new GZipStream(sent, CompressionMode.Decompress) : sent;
        long expected = inflate ? 0 : response.Content.Headers.ContentLength ?? 0;
        ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(plain, expected, _answerBytesMax, cancellation).ConfigureAwait(false);
        bool versioned =
            response.Headers.TryGetValues("X-Rollcall-Version", out IEnumerable<string>? said)
            & RegistryVersion.TryParse(said?.First(), out RegistryVersion version);
        return new HttpAnswer(response.StatusCode, versioned ? version : RegistryVersion.None, body);
    }
}
