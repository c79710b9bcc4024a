using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Tests.Conformance;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tests.Tcp;

/// <summary>The suite over TCP.</summary>
public class TcpConformanceTests : ConformanceSuite
{
    protected virtual TlsOptions? Tls => null;

    protected virtual TlsTrust? Trust => null;

    protected override IServerTransport Serve(AccessPolicy policy) =>
        new TcpServerTransport(new TcpServerOptions { Address = "127.0.0.1:0" }, new WireServing(access: policy), Tls);

    protected override async ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation)
    {
        var dialer = new TcpDialer(new TcpDialerOptions { Port = new Uri(server.Addresses[0]).Port, Tls = Trust });
        WireCredentials credentials = token is null ? WireCredentials.None : WireCredentials.Token(token);
        return await WireLink.ConnectAsync(dialer, new WireLinkOptions { Credentials = credentials }, cancellation);
    }
}

/// <summary>The suite over TCP with TLS, both ends with a certificate; who the caller is still says its token.</summary>
public sealed class TlsConformanceTests : TcpConformanceTests, IDisposable
{
    private readonly TestAuthority _authority = new();

    public TlsConformanceTests()
    {
        Tls = new TlsOptions(_authority.IssueServer(), [_authority.Certificate]);
        Trust = new TlsTrust { Authorities = [_authority.Certificate], ClientCertificate = _authority.IssueClient("conformance") };
    }

    protected override TlsOptions? Tls { get; }

    protected override TlsTrust? Trust { get; }

    public void Dispose() => _authority.Dispose();
}
