using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tests.Conformance;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tests.Quic;

/// <summary>The suite needs libmsquic.</summary>
internal sealed class NeedsQuicAttribute : ConformanceNeedAttribute
{
    public override string? Missing => QuicSupport.Problem;
}

/// <summary>The suite over QUIC, with the certificate that the server makes for itself, known by its fingerprint.</summary>
[NeedsQuic]
public sealed class QuicConformanceTests : ConformanceSuite
{
    protected override IServerTransport Serve(AccessPolicy policy) =>
        new QuicServerTransport(new QuicServerOptions { Address = "127.0.0.1:0" }, new WireServing(access: policy));

    protected override async ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation)
    {
        var dialer = new QuicDialer(
            new QuicDialerOptions
            {
                Port = new Uri(server.Addresses[0]).Port,
                Trust = new TlsTrust { Fingerprint = ((QuicServerTransport)server).Fingerprint },
            }
        );
        WireCredentials credentials = token is null ? WireCredentials.None : WireCredentials.Token(token);
        return await WireLink.ConnectAsync(dialer, new WireLinkOptions { Credentials = credentials }, cancellation);
    }
}
