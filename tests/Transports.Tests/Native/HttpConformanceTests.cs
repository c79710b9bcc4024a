using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Tests.Conformance;

namespace Rollcall.Transports.Tests.Native;

/// <summary>The suite over HTTP.</summary>
public sealed class HttpConformanceTests : ConformanceSuite
{
    protected override IServerTransport Serve(AccessPolicy policy) =>
        new HttpServerTransport(new HttpServerOptions { Url = "http://127.0.0.1:0" }, access: policy);

    protected override async ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation) =>
        await HttpLink.ConnectAsync(new Uri(server.Addresses[0]), new HttpLinkOptions { Token = token }, cancellation);
}

/// <summary>The suite over HTTP with TLS: the client trusts one authority.</summary>
public sealed class HttpsConformanceTests : ConformanceSuite, IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly System.Security.Cryptography.X509Certificates.X509Certificate2 _certificate;

    public HttpsConformanceTests() => _certificate = _authority.IssueServer();

    protected override IServerTransport Serve(AccessPolicy policy) =>
        new HttpServerTransport(new HttpServerOptions { Url = "https://127.0.0.1:0" }, access: policy, tls: new TlsOptions(_certificate));

    protected override async ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation)
    {
        var options = new HttpLinkOptions { Token = token, Trust = new TlsTrust { Authorities = [_authority.Certificate] } };
        return await HttpLink.ConnectAsync(new Uri(server.Addresses[0]), options, cancellation);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }
}
