using System.Net;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Clustering;
using Rollcall.Testing;
using Rollcall.Transports.Quic;

namespace Rollcall.Transports.Tests.Clustering;

/// <summary>Nodes in one process, each as a server is one, over real connections.</summary>
public sealed class ClusterTests
{
    private const int Linked = 40;
    private const int Lost = 41;
    private const int Unreachable = 42;
    private const int Refused = 43;
    private const int Self = 44;
    private const int Warm = 46;
    private const int Mistaken = 47;

    public static TheoryData<string, string, string> Transports
    {
        get
        {
            var data = new TheoryData<string, string, string> { { "tcp", "tcp", "tcp" }, { "http", "http", "http" }, { "tcp", "http", "tcp" } };
            if (QuicSupport.IsSupported)
            {
                data.Add("quic", "quic", "quic");
                data.Add("tcp", "quic", "http");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_is_written_at_one_node_is_at_all(string first, string second, string third)
    {
        await using TestNode a = await TestNode.StartAsync(1, first);
        await using TestNode b = await TestNode.StartAsync(2, second);
        await using TestNode c = await TestNode.StartAsync(3, third);
        TestNode[] nodes = [a, b, c];
        foreach (TestNode node in nodes)
        {
            node.Register($"before-{node.Registry.NodeId}");
            node.Peers(a.Address, b.Address, c.Address);
        }

        await Task.WhenAll(nodes.Select(node => node.LinkedAsync(2)));
        foreach (TestNode node in nodes)
        {
            node.Register($"after-{node.Registry.NodeId}");
        }

        await Task.WhenAll(nodes.Select(node => node.HoldsAsync("before-1", "before-2", "before-3", "after-1", "after-2", "after-3")));
        Assert.Null(c.Registry.Cancel(InstanceKey.Of("orders", "before-1"), c.Registry.Now).Error);
        Assert.Null(b.Registry.SetStatus(InstanceKey.Of("orders", "after-1"), InstanceStatus.OutOfService, b.Registry.Now).Error);
        await Task.WhenAll(nodes.Select(node => node.HoldsAsync("before-2", "before-3", "after-1", "after-2", "after-3")));
        foreach (TestNode node in nodes)
        {
            await node.UntilAsync(
                () => node.Registry.Find(InstanceKey.Of("orders", "after-1"))?.Status == InstanceStatus.OutOfService,
                "the override at every node"
            );
        }
    }

    [Fact]
    public async Task What_a_node_has_accepted_before_it_stops_is_at_its_peers()
    {
        // Its limit of a second never ends: on a slow machine it would.
        await using TestNode a = await TestNode.StartAsync(1);
        await using TestNode b = await TestNode.StartAsync(2, time: new HandTime());
        a.Peers(b.Address);
        await b.LinkedAsync(1);
        string[] names = [.. Enumerable.Range(0, 3_000).Select(i => $"i-{i}")];
        foreach (string name in names)
        {
            b.Register(name);
        }

        await b.StopAsync();
        await a.HoldsAsync(names);
    }

    [Fact]
    public async Task A_chain_is_enough()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        await using TestNode b = await TestNode.StartAsync(2);
        await using TestNode c = await TestNode.StartAsync(3);
        a.Peers(b.Address);
        b.Peers(c.Address);
        a.Register("at-the-left");
        c.Register("at-the-right");
        await Task.WhenAll(a.HoldsAsync("at-the-left", "at-the-right"), c.HoldsAsync("at-the-left", "at-the-right"));
    }

    [Fact]
    public async Task A_new_node_serves_reads_when_it_has_all_that_its_peer_had()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        for (int i = 0; i < 3_000; i++)
        {
            a.Register($"i-{i}"); // more than is replayed: it is copied
        }

        await using TestNode b = await TestNode.StartAsync(2, expectsPeers: true);
        Assert.NotNull(b.Registry.Warming);
        b.Peers(a.Address);
        await b.UntilAsync(() => b.Registry.Warming is null, "reads served at the new node");
        Assert.Equal(3_000, b.Registry.ReadSnapshot().Count);
        await b.UntilAsync(() => b.Log.LinesOf(Warm).Count == 1, "one line that says so");
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_refused_and_both_say_so_once()
    {
        await using TestNode a = await TestNode.StartAsync(1, cluster: "blue");
        await using TestNode b = await TestNode.StartAsync(2, cluster: "green");
        a.Register("blue-1");
        a.Peers(b.Address);
        string there = await b.Log.WaitForAsync(Refused);
        string here = await a.Log.WaitForAsync(Refused);
        Assert.Contains("the peer is of cluster 'blue', this is 'green'", there, StringComparison.Ordinal);
        Assert.Contains("the peer is of cluster 'green', this is 'blue'", here, StringComparison.Ordinal);
        PeerReport report = Assert.Single(a.Host.Node.Report(a.Registry.Now));
        Assert.Equal((PeerState.Refused, (uint?)2), (report.State, report.Node));
        Assert.Equal(0, b.Registry.ReadSnapshot().Count);
        Assert.Equal([1, 1], new[] { a.Log.CountOf(Refused), b.Log.CountOf(Refused) });
    }

    [Fact]
    public async Task A_second_node_of_the_same_id_is_refused_and_both_say_so()
    {
        await using TestNode a = await TestNode.StartAsync(0xabc);
        await using TestNode b = await TestNode.StartAsync(0xabc);
        a.Peers(b.Address);
        Assert.Contains("both have the node id abc", await a.Log.WaitForAsync(Refused), StringComparison.Ordinal);
        Assert.Contains("both have the node id abc", await b.Log.WaitForAsync(Refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_among_its_own_peers_knows_itself_and_waits_for_nobody()
    {
        // The time of its links stands still: it knows at once, not when it has waited for itself.
        await using TestNode a = await TestNode.StartAsync(1, expectsPeers: true, time: new HandTime());
        a.Peers(a.Address);
        await a.Log.WaitForAsync(Self);
        await a.UntilAsync(() => a.Registry.Warming is null, "reads served by a node that is alone");
        Assert.Equal(PeerState.Self, Assert.Single(a.Host.Node.Report(a.Registry.Now)).State);
        Assert.Equal(0, a.Log.CountOf(Refused) + a.Log.CountOf(Lost) + a.Log.CountOf(Unreachable));
    }

    [Fact]
    public async Task Who_may_not_replicate_is_no_peer_and_who_may_is()
    {
        var policy = new AccessPolicy(
            Credential.Token(new Principal("reader", AccessRoles.Reader), "token-of-reader"u8),
            Credential.Token(new Principal("peer", AccessRoles.Peer), "token-of-peer"u8)
        );
        foreach (string scheme in (string[])["tcp", "http"])
        {
            await using TestNode a = await TestNode.StartAsync(1, scheme, access: policy);
            await using TestNode b = await TestNode.StartAsync(2);
            b.Peers(a.Address);
            Assert.Contains("credentials", await b.Log.WaitForAsync(Refused), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, a.Log.CountOf(Linked));
        }

        await using TestNode guarded = await TestNode.StartAsync(1, access: policy);
        await using TestNode reader = await TestNode.StartAsync(2);
        reader.PeerWithToken(guarded.Address, "token-of-reader");
        Assert.Contains("reader may not: Replicate", await reader.Log.WaitForAsync(Refused), StringComparison.Ordinal);
        await using TestNode peer = await TestNode.StartAsync(3);
        peer.PeerWithToken(guarded.Address, "token-of-peer");
        await peer.LinkedAsync(1);
    }

    [Fact]
    public async Task Peers_change_while_it_runs()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        await using TestNode b = await TestNode.StartAsync(2);
        a.Peers(b.Address);
        await a.LinkedAsync(1);
        a.Peers();
        await Task.WhenAll(a.LinkedAsync(0), b.LinkedAsync(0));
        Assert.Empty(a.Host.Node.Report(a.Registry.Now));
        a.Register("alone");
        a.Peers(b.Address);
        await b.HoldsAsync("alone");
    }

    [Fact]
    public async Task A_peer_is_not_given_up_for_a_mistake_of_ours()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        await using TestNode b = await TestNode.StartAsync(2);
        int calls = 0;
        IPeerDialer good = TestNode.DialerTo(b.Address);
        a.Host.SetPeers([ConfiguredPeer.Node(new Dialer(b.Address, ending => ++calls <= 2 ? throw new InvalidOperationException("a mistake") : good.DialAsync(ending)))]);
        await a.LinkedAsync(1);
        Assert.Equal(1, a.Log.CountOf(Mistaken));
    }

    [Fact]
    public async Task A_host_that_stops_waits_for_peers_that_it_had_before()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        var entered = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        a.Host.SetPeers([
            ConfiguredPeer.Node(
                new Dialer(
                    "test://slow",
                    async _ =>
                    {
                        entered.SetResult();
                        await released.Task; // does not heed its token
                        throw new LinkException(LinkFailure.Unreachable, "nobody");
                    }
                )
            ),
        ]);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(60));
        a.Peers();
        Task stopped = a.Host.StopAsync();
        Assert.False(stopped.IsCompleted);
        released.SetResult();
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_peer_that_goes_and_comes_back_is_a_line_each()
    {
        await using TestNode a = await TestNode.StartAsync(1);
        TestNode b = await TestNode.StartAsync(2);
        a.Peers(b.Address);
        await a.LinkedAsync(1);
        string address = b.Address;
        await b.DisposeAsync();
        await a.Log.WaitForAsync(Lost);
        PeerContact contact = Assert.Single(a.Host.Node.Contacts);
        await a.UntilAsync(() => contact.View.Why.Contains("nothing listens there", StringComparison.Ordinal), "some attempts more");
        Assert.Equal([1, 1, 0], new[] { a.Log.CountOf(Linked), a.Log.CountOf(Lost), a.Log.CountOf(Unreachable) });
        Assert.Equal(PeerState.Unreachable, contact.View.State);
        Assert.NotNull(contact.View.SucceededAt);
        Assert.Equal(address, contact.Address);
    }

    [Fact]
    public async Task Over_HTTP_a_request_that_does_not_ask_to_become_a_lane_is_told_how()
    {
        await using TestNode a = await TestNode.StartAsync(1, "http");
        using var client = new HttpClient();
        using HttpResponseMessage plain = await client.GetAsync(new Uri(a.Address + "/v1/peer"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, plain.StatusCode);
        Assert.Contains("rollcall/1", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(a.Address + "/v1/peer"));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        using HttpResponseMessage other = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.UpgradeRequired, other.StatusCode);
    }

    [Theory]
    [InlineData("/eureka/apps")]
    [InlineData("/eureka/apps/delta")]
    [InlineData("/eureka/apps/ORDERS")]
    [InlineData("/eureka/vips/orders")]
    [InlineData("/eureka/svips/orders")]
    [InlineData("/v1/instances")]
    [InlineData("/v1/services")]
    [InlineData("/v1/changes?since=0000000000000001-0")]
    [InlineData("/v1/watch?wait=0")]
    [InlineData("/health/ready")]
    public async Task Over_HTTP_a_node_that_warms_up_says_when_to_ask_again(string path)
    {
        await using TestNode a = await TestNode.StartAsync(1, "http", expectsPeers: true);
        await using TestNode b = await TestNode.StartAsync(2, expectsPeers: true); // warms up itself: proves nothing
        a.Peers(b.Address);
        await a.LinkedAsync(1);
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(new Uri(a.Address + path));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Contains("has just started", answer.Headers.GetValues("X-Rollcall-Reason").Single(), StringComparison.Ordinal);
        using HttpResponseMessage alive = await client.GetAsync(new Uri(a.Address + "/health/live"));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    private sealed class Dialer(string address, Func<CancellationToken, ValueTask<IPeerLane>> dial) : IPeerDialer
    {
        public string Address => address;

        public ValueTask<IPeerLane> DialAsync(CancellationToken cancellation) => dial(cancellation);
    }
}
