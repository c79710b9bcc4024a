using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tests.Quic;

/// <summary>The QUIC adapter: certificates, whom it lets in, and that a handshake that fails hurts nobody else.</summary>
public sealed class QuicServerTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TestAuthority _authority = new();
    private readonly SteppedRegistry _under = new(SteppedRegistry.Options);
    private readonly List<QuicServerTransport> _servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (QuicServerTransport server in _servers)
        {
            await server.DisposeAsync();
        }

        _authority.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1:1", "127.0.0.1", true)]
    [InlineData("127.0.0.1:1", "::ffff:127.0.0.1", true)]
    [InlineData("[::1]:1", "::1", true)]
    [InlineData("localhost:1", "127.0.0.2", true)]
    [InlineData("127.0.0.1:1", "10.0.0.7", false)]
    [InlineData("127.0.0.1:1", "::ffff:10.0.0.7", false)]
    [InlineData("localhost:1", "2001:db8::1", false)]
    [InlineData("*:1", "10.0.0.7", true)]
    public void Whoever_is_not_on_this_machine_does_not_come_in_through_loopback(string listensOn, string remote, bool may)
    {
        Assert.True(ListenAddress.TryParse(listensOn, out ListenAddress? address));
        Assert.Equal(may, QuicServerTransport.MayComeFrom(address, new IPEndPoint(IPAddress.Parse(remote), 9)));
    }

    [Fact]
    public void What_is_missing_for_quic_is_one_line_that_says_how_to_get_it()
    {
        if (QuicSupport.Problem is { } problem)
        {
            Assert.DoesNotContain('\n', problem);
            Assert.Contains("libmsquic", problem);
        }
        else
        {
            Assert.True(QuicSupport.IsSupported);
        }
    }

    [QuicFact]
    public async Task A_port_that_is_in_use_is_one_readable_line()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var server = new QuicServerTransport(new QuicServerOptions { Address = $"127.0.0.1:{port}" });

        var refused = await Assert.ThrowsAsync<TransportStartException>(() => server.StartAsync(_under.Registry, CancellationToken.None));
        await server.DisposeAsync();

        Assert.StartsWith($"Cannot listen on quic://127.0.0.1:{port}: ", refused.Message);
        Assert.EndsWith("(QuicServerOptions.Address).", refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [QuicFact]
    public async Task A_certificate_made_at_start_is_known_by_its_fingerprint_or_trusted_on_loopback()
    {
        QuicServerTransport server = await ServeAsync();
        Assert.True(server.IsSelfMade);

        await using WireLink pinned = await DialAsync(server, new TlsTrust { Fingerprint = server.Fingerprint });
        await pinned.PingAsync();
        await using WireLink trusting = await DialAsync(server, new TlsTrust(), trustLoopback: true);
        await trusting.PingAsync();
        LinkException other = await Assert.ThrowsAsync<LinkException>(
            () => DialAsync(server, new TlsTrust { Fingerprint = new string('0', 64) }, trustLoopback: true)
        );
        LinkException system = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, new TlsTrust()));

        Assert.Contains(server.Fingerprint, other.Message);
        Assert.Contains("is not trusted", system.Message);
    }

    [QuicFact]
    public async Task A_client_certificate_says_who_the_caller_is_whatever_its_name()
    {
        using X509Certificate2 client = _authority.IssueClient("somebody-else.example");
        QuicServerTransport server = await ServeAsync(MutualTls(), OnlyReader(client));

        await using WireLink link = await DialAsync(server, Trusting(client));

        await link.ReadAsync(InstanceFilter.All);
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => link.CancelAsync("orders", "i-1").AsTask());
        Assert.Equal(LinkFailure.NotAllowed, refused.Failure);
    }

    [QuicFact]
    public async Task Handshakes_that_fail_are_told_to_the_client_and_others_are_served_after_them()
    {
        using var stranger = new TestAuthority("A stranger");
        using X509Certificate2 bad = stranger.IssueClient("reader");
        using X509Certificate2 good = _authority.IssueClient("reader");
        QuicServerTransport server = await ServeAsync(MutualTls(), OnlyReader(good));

        for (int i = 0; i < 5; i++)
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, Trusting(bad)));
            Assert.DoesNotContain('\n', refused.Message);
        }

        await using WireLink link = await DialAsync(server, Trusting(good));
        await link.PingAsync();
    }

    [QuicFact]
    public async Task Datagrams_of_garbage_hurt_nobody()
    {
        QuicServerTransport server = await ServeAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < 200; i++)
        {
            socket.SendTo(RandomNumberGenerator.GetBytes(1 + i * 6), new IPEndPoint(IPAddress.Loopback, PortOf(server)));
        }

        await using WireLink link = await DialAsync(server, new TlsTrust { Fingerprint = server.Fingerprint });
        await link.PingAsync();
    }

    [QuicFact]
    public async Task A_link_that_is_disposed_of_leaves_no_connection()
    {
        QuicServerTransport server = await ServeAsync();
        WireLink link = await DialAsync(server, new TlsTrust { Fingerprint = server.Fingerprint });
        Assert.Equal(1, server.Connections);
        await link.DisposeAsync();

        Assert.True(SpinWait.SpinUntil(() => server.Connections == 0, s_patience), $"{server.Connections} connections are left, 0 expected.");
    }

    [QuicFact]
    public async Task Stop_ends_links_in_time_and_frees_the_port()
    {
        QuicServerTransport server = await ServeAsync();
        int port = PortOf(server);
        await using WireLink link = await DialAsync(server, new TlsTrust { Fingerprint = server.Fingerprint });

        await server.StopAsync(CancellationToken.None).WaitAsync(s_patience);

        await link.Closed.WaitAsync(s_patience);
        Assert.Equal(0, server.Connections);
        Assert.Equal(port, PortOf(await ServeAsync(address: $"127.0.0.1:{port}")));
    }

    private static int PortOf(QuicServerTransport server) => new Uri(server.Addresses[0]).Port;

    private static AccessPolicy OnlyReader(X509Certificate2 client) =>
        new(Credential.Certificate(new Principal("reader", AccessRoles.Reader), client.GetCertHashString(HashAlgorithmName.SHA256)));

    private TlsOptions MutualTls() => new(_authority.IssueServer(), [_authority.Certificate]);

    private TlsTrust Trusting(X509Certificate2 client) => new() { Authorities = [_authority.Certificate], ClientCertificate = client };

    private async Task<QuicServerTransport> ServeAsync(TlsOptions? tls = null, AccessPolicy? access = null, string address = "127.0.0.1:0")
    {
        var server = new QuicServerTransport(new QuicServerOptions { Address = address }, new WireServing(access: access), tls);
        await server.StartAsync(_under.Registry, CancellationToken.None);
        _servers.Add(server);
        return server;
    }

    private static async Task<WireLink> DialAsync(QuicServerTransport server, TlsTrust trust, bool trustLoopback = false) =>
        await WireLink.ConnectAsync(
            new QuicDialer(new QuicDialerOptions { Port = PortOf(server), Trust = trust, TrustLoopback = trustLoopback }),
            new WireLinkOptions()
        );
}
