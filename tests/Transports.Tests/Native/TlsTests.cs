using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>HTTP inside TLS: whom each end takes for whom, and what does not come in.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;

    public TlsTests() => _certificate = _authority.IssueServer();

    [Fact]
    public async Task A_client_trusts_an_authority_or_one_fingerprint_or_nobody()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(tls: new TlsOptions(_certificate));
        string fingerprint = _certificate.GetCertHashString(HashAlgorithmName.SHA256);
        using var stranger = new TestAuthority();
        (TlsTrust Trust, bool Good)[] cases =
        [
            (new TlsTrust { Authorities = [_authority.Certificate] }, true),
            (new TlsTrust { Fingerprint = fingerprint }, true),
            (new TlsTrust { Fingerprint = string.Join(':', fingerprint.ToLowerInvariant().Chunk(2).Select(pair => new string(pair))) }, true),
            (new TlsTrust(), false),
            (new TlsTrust { Authorities = [stranger.Certificate] }, false),
            (new TlsTrust { Fingerprint = fingerprint[..^1] + (fingerprint[^1] == '0' ? '1' : '0') }, false),
            (new TlsTrust { Fingerprint = "" }, false),
        ];
        foreach ((TlsTrust trust, bool good) in cases)
        {
            if (good)
            {
                await using HttpLink link = await DialAsync(server, trust);
                Assert.StartsWith("https://", link.Address, StringComparison.Ordinal);
            }
            else
            {
                LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, trust));
                Assert.Equal(LinkFailure.Unreachable, refused.Failure);
                Assert.Contains("certificate", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_certificate_for_another_name_or_one_that_has_ended_is_not_trusted()
    {
        using X509Certificate2 ended = _authority.IssueServer(ends: DateTimeOffset.UtcNow.AddHours(-1));
        await using HttpFixture server = await HttpFixture.StartAsync(tls: new TlsOptions(ended));
        await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, new TlsTrust { Authorities = [_authority.Certificate] }));

        using var stream = new TcpClient();
        await using HttpFixture good = await HttpFixture.StartAsync(tls: new TlsOptions(_certificate));
        await stream.ConnectAsync(good.EndPoint);
        var trust = new TlsTrust { Authorities = [_authority.Certificate] };
        await using var ssl = new SslStream(stream.GetStream(), false, (_, shown, chain, errors) =>
            trust.AcceptsServer((X509Certificate2?)shown, chain, !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch), errors == SslPolicyErrors.None));
        await Assert.ThrowsAsync<AuthenticationException>(() => ssl.AuthenticateAsClientAsync("elsewhere.example"));
    }

    [Fact]
    public async Task A_client_certificate_says_who_calls_and_a_token_says_it_louder()
    {
        using X509Certificate2 known = _authority.IssueClient("registrar");
        using X509Certificate2 unknown = _authority.IssueClient("somebody");
        var registrar = new Principal("registrar", AccessRoles.Registrar);
        var reader = new Principal("reader", AccessRoles.Reader);
        var policy = new AccessPolicy(
            Credential.Certificate(registrar, known.GetCertHashString(HashAlgorithmName.SHA256)),
            Credential.Token(reader, "reader-token"u8)
        );
        await using HttpFixture server = await HttpFixture.StartAsync(
            access: policy,
            tls: new TlsOptions(_certificate, ClientAuthorities: [_authority.Certificate])
        );
        var trust = new TlsTrust { Authorities = [_authority.Certificate] };

        await using (HttpLink link = await DialAsync(server, trust with { ClientCertificate = known }))
        {
            Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of("orders", "o-1"))).Error);
        }

        await using (HttpLink link = await DialAsync(server, trust with { ClientCertificate = known }, "reader-token"))
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(() => link.CancelAsync("orders", "o-1").AsTask());
            Assert.Equal(LinkFailure.NotAllowed, refused.Failure);
        }

        await using (HttpLink link = await DialAsync(server, trust, "reader-token"))
        {
            Assert.Single((await link.ReadAsync(InstanceFilter.All)).Instances);
        }

        foreach (X509Certificate2? shown in (X509Certificate2?[])[null, unknown])
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, trust with { ClientCertificate = shown }));
            Assert.Equal(LinkFailure.NotAuthenticated, refused.Failure);
        }

        // Of another authority: not even let in.
        using var stranger = new TestAuthority();
        using X509Certificate2 strange = stranger.IssueClient("registrar");
        LinkException stopped = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, trust with { ClientCertificate = strange }));
        Assert.Equal(LinkFailure.Unreachable, stopped.Failure);
        server.AssertNoFailures();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_of_TLS_speak_HTTP_1_1_on_a_connection_that_lives(SslProtocols version)
    {
        await using HttpFixture server = await HttpFixture.StartAsync(tls: new TlsOptions(_certificate));
        server.Register("ORDERS", "o-1");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoint);
        await using var ssl = new SslStream(tcp.GetStream());
        await ssl.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = version,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(_certificate),
            }
        );
        Assert.Equal(SslApplicationProtocol.Http11, ssl.NegotiatedApplicationProtocol);
        byte[] request = HttpFixture.RequestBytes("PUT", "/eureka/apps/ORDERS/o-1?status=UP", "", default);
        byte[] answer = new byte[4_096];
        for (int i = 0; i < 50; i++)
        {
            await ssl.WriteAsync(request);
            int read = await ssl.ReadAsync(answer);
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        }

        Assert.Equal(50, server.Registry.Counts.Renewals);
        server.AssertNoFailures();
    }

    [Fact]
    public async Task What_is_no_handshake_ends_its_connection_and_disturbs_nobody()
    {
        var options = new HttpServerOptions { HeaderTimeout = TimeSpan.FromMilliseconds(300) };
        await using HttpFixture server = await HttpFixture.StartAsync(options, tls: new TlsOptions(_certificate));
        var trust = new TlsTrust { Authorities = [_authority.Certificate] };
        await using HttpLink link = await DialAsync(server, trust);
        var random = new Random(20_261_122);
        byte[] noise = new byte[4_096];
        random.NextBytes(noise);
        byte[][] openings = [[], "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], [0x16, 0x03, 0x01, 0xFF, 0xFF], noise];
        foreach (byte[] opening in openings)
        {
            using RawConnection connection = server.Connect();
            connection.Send(opening);
            Assert.True(connection.IsClosedByServer());
            await link.PingAsync();
        }

        server.AssertNoFailures();
    }

    [Fact]
    public void An_https_address_without_a_certificate_is_refused() =>
        Assert.Contains(
            "certificate",
            Assert.Throws<ArgumentException>(() => new HttpServerTransport(new HttpServerOptions { Url = "https://127.0.0.1:0" })).Message,
            StringComparison.Ordinal
        );

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    private static Task<HttpLink> DialAsync(HttpFixture server, TlsTrust trust, string? token = null) =>
        HttpLink.ConnectAsync(new Uri($"https://{server.EndPoint}"), new HttpLinkOptions { Trust = trust, Token = token });
}
