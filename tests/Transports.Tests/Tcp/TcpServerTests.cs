using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tests.Tcp;

/// <summary>The TCP adapter: where it listens, whom it lets in, and that nothing a peer does hurts the others.</summary>
public sealed class TcpServerTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TestAuthority _authority = new();
    private readonly SteppedRegistry _under = new(SteppedRegistry.Options);
    private readonly List<TcpServerTransport> _servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (TcpServerTransport server in _servers)
        {
            await server.DisposeAsync();
        }

        _authority.Dispose();
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_one_readable_line()
    {
        TcpServerTransport first = await ServeAsync();
        var second = new TcpServerTransport(new TcpServerOptions { Address = $"127.0.0.1:{PortOf(first)}" });

        var refused = await Assert.ThrowsAsync<TransportStartException>(() => second.StartAsync(_under.Registry, CancellationToken.None));
        await second.DisposeAsync();

        Assert.Equal(
            $"Cannot listen on tcp://127.0.0.1:{PortOf(first)}: the port is in use; stop the other process or choose another port "
                + "(TcpServerOptions.Address).",
            refused.Message
        );
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("example.org:1")]
    [InlineData("::1:80")]
    [InlineData("")]
    public void An_address_that_cannot_be_read_is_named_with_its_form(string address) =>
        Assert.Contains(
            "HOST:PORT",
            Assert.Throws<ArgumentException>(() => new TcpServerTransport(new TcpServerOptions { Address = address })).Message
        );

    [Fact]
    public async Task With_port_0_the_address_names_the_port_that_was_bound()
    {
        TcpServerTransport server = await ServeAsync();

        Assert.InRange(PortOf(server), 1, 65_535);
        await using WireLink link = await DialAsync(server);
        await link.PingAsync();
    }

    [Fact]
    public async Task After_stop_nobody_listens_and_the_port_is_free_again()
    {
        TcpServerTransport server = await ServeAsync();
        int port = PortOf(server);
        await server.StopAsync(CancellationToken.None);

        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialPortAsync(port));
        TcpServerTransport again = await ServeAsync(new TcpServerOptions { Address = $"127.0.0.1:{port}" });

        Assert.Equal($"Cannot connect to tcp://127.0.0.1:{port}: nothing listens there.", refused.Message);
        Assert.Equal(port, PortOf(again));
    }

    [Fact]
    public async Task Over_the_limit_a_connection_is_closed_and_room_is_used_again()
    {
        TcpServerTransport server = await ServeAsync(new TcpServerOptions { Address = "127.0.0.1:0", ConnectionsMax = 1 });
        WireLink first = await DialAsync(server);

        await Assert.ThrowsAsync<LinkException>(() => DialAsync(server));
        await first.DisposeAsync();

        await EventuallyAsync(async () => await (await DialAsync(server)).DisposeAsync());
    }

    [Fact]
    public async Task A_client_certificate_says_who_the_caller_is()
    {
        using X509Certificate2 client = _authority.IssueClient("reader");
        TcpServerTransport server = await ServeAsync(tls: MutualTls(), access: OnlyReader(client));

        await using WireLink link = await DialAsync(server, Trusting(client));

        await link.ReadAsync(Rollcall.Core.Watching.InstanceFilter.All);
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => link.CancelAsync("orders", "i-1").AsTask());
        Assert.Equal(LinkFailure.NotAllowed, refused.Failure);
    }

    [Theory]
    [InlineData("another authority")]
    [InlineData("expired")]
    [InlineData("for servers")]
    public async Task A_client_certificate_that_is_not_good_is_refused(string fault)
    {
        using var stranger = new TestAuthority("A stranger");
        using X509Certificate2 client = fault switch
        {
            "expired" => _authority.IssueClient("reader", ends: DateTimeOffset.UtcNow.AddDays(-1)),
            "for servers" => _authority.IssueServer("reader"),
            _ => stranger.IssueClient("reader"),
        };
        TcpServerTransport server = await ServeAsync(tls: MutualTls(), access: OnlyReader(client));

        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, Trusting(client)));
        Assert.Contains(refused.Failure, new[] { LinkFailure.Unreachable, LinkFailure.Closed });
        await StillServesAsync(server);
    }

    [Fact]
    public async Task Without_a_certificate_a_caller_that_needs_one_is_nobody()
    {
        using X509Certificate2 client = _authority.IssueClient("reader");
        TcpServerTransport server = await ServeAsync(tls: MutualTls(), access: OnlyReader(client));

        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, Trusting(null)));

        Assert.Equal(LinkFailure.NotAuthenticated, refused.Failure);
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_is_not_spoken_to()
    {
        using var stranger = new TestAuthority("A stranger");
        TcpServerTransport server = await ServeAsync(tls: new TlsOptions(_authority.IssueServer()));

        LinkException system = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, new TlsTrust()));
        LinkException other = await Assert.ThrowsAsync<LinkException>(
            () => DialAsync(server, new TlsTrust { Authorities = [stranger.Certificate] })
        );
        LinkException pinned = await Assert.ThrowsAsync<LinkException>(
            () => DialAsync(server, new TlsTrust { Fingerprint = new string('0', 64) })
        );

        Assert.Contains("is not trusted", system.Message);
        Assert.Contains("is not trusted", other.Message);
        Assert.Contains("another than the one expected", pinned.Message);
        await StillServesAsync(server);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        using X509Certificate2 certificate = IssueForName("elsewhere.example");
        TcpServerTransport server = await ServeAsync(tls: new TlsOptions(certificate));

        LinkException refused = await Assert.ThrowsAsync<LinkException>(
            () => DialAsync(server, new TlsTrust { Authorities = [certificate] })
        );

        Assert.Contains("is for another name", refused.Message);
    }

    [Fact]
    public async Task Another_application_protocol_is_refused_in_the_handshake()
    {
        TcpServerTransport server = await ServeAsync(tls: new TlsOptions(_authority.IssueServer()));
        using Socket socket = Connect(server);
        await using var stream = new SslStream(new NetworkStream(socket), false, (_, certificate, _, _) => certificate is not null);

        await Assert.ThrowsAnyAsync<Exception>(
            () => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [new("h2")] })
        );
        await StillServesAsync(server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Garbage_of_any_kind_ends_its_own_connection_only(bool encrypted)
    {
        TcpServerTransport server = await ServeAsync(tls: encrypted ? new TlsOptions(_authority.IssueServer()) : null);
        var random = new Random(5);
        byte[][] openings =
        [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03], // the beginning of a TLS hello
            [],
            new byte[100_000],
            .. Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetBytes(random.Next(1, 70_000))),
        ];
        foreach (byte[] opening in openings)
        {
            using Socket socket = Connect(server);
            SendWhatIsTaken(socket, opening);
            socket.Shutdown(SocketShutdown.Send);
            ReadToTheEnd(socket);
        }

        await StillServesAsync(server);
    }

    [Fact]
    public async Task Connections_reset_in_the_middle_of_a_frame_are_forgotten()
    {
        TcpServerTransport server = await ServeAsync();
        for (int i = 0; i < 200; i++)
        {
            using Socket socket = Connect(server);
            socket.Send([9, 0, 0]);
            socket.LingerState = new LingerOption(true, 0);
        }

        await EventuallyAsync(() => Assert.Equal(0, server.Connections));
        await StillServesAsync(server);
    }

    [Fact]
    public async Task A_handshake_that_drags_on_is_ended()
    {
        TcpServerTransport server = await ServeAsync(
            new TcpServerOptions { Address = "127.0.0.1:0", HandshakeTimeout = TimeSpan.FromMilliseconds(300) },
            tls: new TlsOptions(_authority.IssueServer())
        );
        using Socket silent = Connect(server);
        using Socket slow = Connect(server);
        slow.Send([0x16, 0x03, 0x01]);

        ReadToTheEnd(silent);
        ReadToTheEnd(slow);
        await StillServesAsync(server);
    }

    [Fact]
    public async Task A_hello_that_drags_on_is_ended()
    {
        TcpServerTransport server = await ServeAsync(wire: new WireOptions { HelloTimeout = TimeSpan.FromMilliseconds(300) });
        using Socket silent = Connect(server);
        using Socket slow = Connect(server);
        slow.Send([4]);

        ReadToTheEnd(silent);
        ReadToTheEnd(slow);
        await StillServesAsync(server);
    }

    [Fact]
    public async Task Stopping_while_callers_are_busy_ends_them_all_in_time()
    {
        TcpServerTransport server = await ServeAsync();
        WireLink[] links = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => DialAsync(server)));
        Task[] callers = [.. links.Select(link => Task.Run(() => CallUntilItEndsAsync(link)))];
        using Socket silent = Connect(server);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await server.StopAsync(patience.Token).WaitAsync(s_patience);

        await Task.WhenAll(callers).WaitAsync(s_patience);
        Assert.Equal(0, server.Connections);
        foreach (WireLink link in links)
        {
            await link.DisposeAsync();
        }
    }

    private static async Task CallUntilItEndsAsync(WireLink link)
    {
        try
        {
            while (true)
            {
                await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
            }
        }
        catch (LinkException)
        {
            // It has ended, as it should.
        }
    }

    private static int PortOf(TcpServerTransport server) => new Uri(server.Addresses[0]).Port;

    private static AccessPolicy OnlyReader(X509Certificate2 client) =>
        new(
            Credential.Certificate(
                new Principal("reader", AccessRoles.Reader),
                client.GetCertHashString(HashAlgorithmName.SHA256)
            )
        );

    private TlsOptions MutualTls() => new(_authority.IssueServer(), [_authority.Certificate]);

    private TlsTrust Trusting(X509Certificate2? client) => new() { Authorities = [_authority.Certificate], ClientCertificate = client };

    private static X509Certificate2 IssueForName(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task<TcpServerTransport> ServeAsync(
        TcpServerOptions? options = null,
        TlsOptions? tls = null,
        AccessPolicy? access = null,
        WireOptions? wire = null
    )
    {
        var server = new TcpServerTransport(
            options ?? new TcpServerOptions { Address = "127.0.0.1:0" },
            new WireServing(wire, access),
            tls
        );
        await server.StartAsync(_under.Registry, CancellationToken.None);
        _servers.Add(server);
        return server;
    }

    private static Task<WireLink> DialAsync(TcpServerTransport server, TlsTrust? trust = null) => DialPortAsync(PortOf(server), trust);

    private static async Task<WireLink> DialPortAsync(int port, TlsTrust? trust = null) =>
        await WireLink.ConnectAsync(new TcpDialer(new TcpDialerOptions { Port = port, Tls = trust }), new WireLinkOptions());

    /// <summary>Whatever happened to others: a caller who behaves is served.</summary>
    private async Task StillServesAsync(TcpServerTransport server)
    {
        bool isEncrypted = server.Addresses[0].StartsWith("tcps:", StringComparison.Ordinal);
        using X509Certificate2 client = _authority.IssueClient("somebody");
        try
        {
            await using WireLink link = await DialAsync(server, isEncrypted ? Trusting(client) : null);
            await link.PingAsync();
        }
        catch (LinkException e) when (e.Failure == LinkFailure.NotAuthenticated)
        {
            // It answers: this caller is just not known to it.
        }
    }

    private static Socket Connect(TcpServerTransport server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)s_patience.TotalMilliseconds,
            SendTimeout = (int)s_patience.TotalMilliseconds,
        };
        socket.Connect(IPAddress.Loopback, PortOf(server));
        return socket;
    }

    private static void SendWhatIsTaken(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // It was closed before all was sent.
        }
    }

    /// <summary>The server closes; that it does is what is asked.</summary>
    private static void ReadToTheEnd(Socket socket)
    {
        try
        {
            byte[] answer = new byte[4_096];
            while (socket.Receive(answer) > 0) { }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // An end as good as the other.
        }
    }

    private static Task EventuallyAsync(Action holds) =>
        EventuallyAsync(() =>
        {
            holds();
            return Task.CompletedTask;
        });

    private static async Task EventuallyAsync(Func<Task> holds)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                await holds();
                return;
            }
            catch (Exception e) when (e is LinkException or Xunit.Sdk.XunitException && !patience.IsCancellationRequested)
            {
                await Task.Delay(10);
            }
        }
    }
}
