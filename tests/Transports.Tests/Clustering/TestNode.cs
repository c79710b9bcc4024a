using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting;
using Rollcall.Hosting.Clustering;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Tests.Hosting;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.Tests.Clustering;

/// <summary>A node as a server is one: registry, cluster, a transport on a port of its own, and the runner of all.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly RegistryRunner _runner;
    private readonly IServerTransport _transport;

    private TestNode(uint id, string scheme, string cluster, bool expectsPeers, AccessPolicy? access, TimeProvider? time)
    {
        var options = new RegistryOptions { NodeId = id, Cluster = new ClusterOptions { ClusterId = cluster } };
        Registry = new RegistryService(options, TimeProvider.System);
        Host = new ClusterHost(new ClusterNode(Registry, expectsPeers, Registry.Now), time ?? TimeProvider.System, Log);
        var wire = new WireServing(access: access);
        _transport = scheme switch
        {
            "tcp" => new TcpServerTransport(new() { Address = "127.0.0.1:0" }, wire),
            "quic" => new QuicServerTransport(new() { Address = "127.0.0.1:0" }, wire),
            _ => new HttpServerTransport(new() { Url = "http://127.0.0.1:0" }, access: access, wire: wire),
        };
        _runner = new RegistryRunner(Registry, [_transport], TimeProvider.System, Log, cluster: Host);
    }

    /// <summary>What it logs.</summary>
    public LogRecorder Log { get; } = new();

    public RegistryService Registry { get; }

    public ClusterHost Host { get; }

    /// <summary>Where it listens.</summary>
    public string Address => _transport.Addresses[0];

    /// <summary>A node that has been told no peers yet; <paramref name="time"/> is that of its links, null: the system's.</summary>
    public static async Task<TestNode> StartAsync(
        uint id,
        string scheme = "tcp",
        string cluster = "test",
        bool expectsPeers = false,
        AccessPolicy? access = null,
        TimeProvider? time = null
    )
    {
        var node = new TestNode(id, scheme, cluster, expectsPeers, access, time);
        await node._runner.StartAsync();
        return node;
    }

    /// <summary>A dialer for the address of a node.</summary>
    public static WirePeerDialer DialerTo(string address, WireCredentials? credentials = null)
    {
        var uri = new Uri(address);
        return new WirePeerDialer(
            () =>
                uri.Scheme switch
                {
                    "tcp" => new TcpDialer(new() { Port = uri.Port }),
                    "quic" => new QuicDialer(new() { Port = uri.Port, TrustLoopback = true }),
                    _ => new HttpUpgradeDialer(uri, null, new TlsTrust()),
                },
            credentials
        );
    }

    /// <summary>From now on these are its peers.</summary>
    public void Peers(params string[] addresses) => Host.SetPeers([.. addresses.Select(address => ConfiguredPeer.Node(DialerTo(address)))]);

    /// <summary>From now on this is its peer.</summary>
    public void PeerWithToken(string address, string token) =>
        Host.SetPeers([ConfiguredPeer.Node(DialerTo(address, WireCredentials.Token(token)))]);

    public void Register(string id) => Assert.Null(Registry.Register(Instance(id), Registry.Now).Error);

    /// <summary>Waits for something that shows in the registry or the log of a node.</summary>
    public async Task UntilAsync(Func<bool> condition, string expected)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            try
            {
                await pace.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                string peers = string.Join('\n', Host.Node.Report(Registry.Now));
                throw new TimeoutException($"Not seen within {s_deadline.TotalSeconds} s: {expected}. Peers of {Registry.NodeId}:\n{peers}");
            }
        }
    }

    /// <summary>Waits until it has links with so many nodes.</summary>
    public Task LinkedAsync(int peers) =>
        UntilAsync(() => Host.Node.Peers(Registry.Now).Count(peer => peer.Established) == peers, $"{peers} links of node {Registry.NodeId}");

    /// <summary>Waits until it holds these instances, and no others.</summary>
    public Task HoldsAsync(params string[] ids) =>
        UntilAsync(
            () => Registry.ReadSnapshot().Instances().Select(instance => instance.Id).Order().SequenceEqual(ids.Order()),
            $"{string.Join(", ", ids)} at node {Registry.NodeId}"
        );

    public Task StopAsync() => _runner.StopAsync();

    public ValueTask DisposeAsync() => _runner.DisposeAsync();

    private static Registration Instance(string id) =>
        new()
        {
            Service = "orders",
            Id = id,
            HostName = "host",
            Address = "10.0.0.1",
            Port = 8080,
        };
}
