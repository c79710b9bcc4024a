using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Hosting;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Http;
using Rollcall.Transports.Http.Peering;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>A node that joins a Java server: what goes out, on a real socket, taken in by a fake that complains about what Java would not take.</summary>
/// <remarks>Each rule by itself, without bytes: Cluster.Tests, JavaPeerTests.</remarks>
public sealed class JavaPeerTests
{
    [Fact]
    public async Task Everything_said_here_arrives_there()
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        Registration full = RegistrationBuilder.Full("Orders", "i-1") with { Status = InstanceStatus.Up, ClientStamp = 5, Attributes = [] };
        node.Registry.Register(full, node.Registry.Now);
        await Until(() => java.Registered is ["ORDERS/i-1 UP"], () => string.Join(", ", java.Registered));
        JsonObject there = java.Find("ORDERS", "i-1")!;
        Assert.Equal(("full.example.org", "2001:db8::7", "orders,orders-v2"), (Text(there, "hostName"), Text(there, "ipAddr"), Text(there, "vipAddress")));
        Assert.Equal(("5", "45"), (Text(there, "lastDirtyTimestamp"), there["leaseInfo"]!["durationInSecs"]!.ToString()));

        node.Registry.SetStatus(InstanceKey.Of("orders", "i-1"), InstanceStatus.OutOfService, node.Registry.Now);
        await Until(() => java.Registered is ["ORDERS/i-1 OUT_OF_SERVICE/OUT_OF_SERVICE"], () => string.Join(", ", java.Registered));
        node.Registry.ClearStatus(InstanceKey.Of("orders", "i-1"), node.Registry.Now);
        await Until(() => java.Registered is ["ORDERS/i-1 UP"], () => string.Join(", ", java.Registered));
        node.Registry.Cancel(InstanceKey.Of("orders", "i-1"), node.Registry.Now);
        await Until(() => java.Registered.Count == 0, () => string.Join(", ", java.Registered));
    }

    [Fact]
    public async Task A_renewal_goes_out_and_a_server_that_has_forgotten_gets_the_instance_back()
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        RegisterResult registered = node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
        await Until(() => java.Registered.Count == 1, () => "no registration");
        java.Do("Cancel", "ORDERS", "i-1");
        Task<JavaRequest> heartbeat = java.NextAsync(Says("Heartbeat"), "a heartbeat");
        await Until(
            () =>
            {
                Assert.True(node.Registry.Renew(registered.Handle, node.Registry.Now));
                return heartbeat.IsCompleted;
            },
            () => "no heartbeat"
        );
        await Until(() => java.Registered is ["ORDERS/i-1 UP"], () => string.Join(", ", java.Registered));
    }

    [Fact]
    public async Task A_newer_record_there_becomes_the_record_here()
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        RegisterResult registered = node.Registry.Register(RegistrationBuilder.Of("orders", "i-1") with { ClientStamp = 1_000 }, node.Registry.Now);
        await Until(() => java.Registered.Count == 1, () => "no registration");
        java.Register(JavaBodies.Instance("ORDERS", "i-1", lastDirty: 2_000).ToJsonString());
        await Until(
            () =>
            {
                node.Registry.Renew(registered.Handle, node.Registry.Now);
                return node.Find("i-1")?.ClientStamp == 2_000;
            },
            () => $"the stamp is {node.Find("i-1")?.ClientStamp}"
        );
        Assert.Equal("h1.example", node.Find("i-1")!.GetText(InstanceText.HostName));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    public async Task A_server_that_does_not_take_it_is_told_later(int status)
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        java.Quirks = new JavaQuirks { AnswersAll = status };
        Task<JavaRequest> refused = java.NextAsync(request => request.Status == status, "a batch that is refused");
        RegisterResult registered = node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
        await refused;
        java.Quirks = new JavaQuirks();

        // After 503 the same comes again; what another answer lost is asked for at the next renewal.
        await Until(
            () =>
            {
                node.Registry.Renew(registered.Handle, node.Registry.Now);
                return java.Registered is ["ORDERS/i-1 UP"];
            },
            () => string.Join(", ", java.Registered)
        );
        Assert.True(node.Peer.Counts.Failures > 0);
    }

    [Fact]
    public async Task A_server_that_goes_and_comes_back_empty_knows_all_again()
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        RegisterResult first = node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
        await Until(() => java.Registered.Count == 1, () => "no registration");
        await java.StopAsync();
        RegisterResult second = node.Registry.Register(RegistrationBuilder.Of("orders", "i-2"), node.Registry.Now);
        await Until(() => node.Contact.View.State == PeerState.Unreachable, () => $"{node.Contact.View}");
        await java.RestartAsync();
        await Until(
            () =>
            {
                node.Registry.Renew(first.Handle, node.Registry.Now);
                node.Registry.Renew(second.Handle, node.Registry.Now);
                return java.Registered is ["ORDERS/i-1 UP", "ORDERS/i-2 UP"];
            },
            () => string.Join(", ", java.Registered)
        );
        Assert.Equal(PeerState.Linked, node.Contact.View.State);
        Assert.True(node.Said.Count >= 2, string.Join("; ", node.Said));
    }

    [Theory]
    [InlineData("""{"responseList":[]}""", PeerState.Linked)] // not as many as the items: passed over
    [InlineData("""{"responseList":7}""", PeerState.Refused)]
    [InlineData("""<html>""", PeerState.Refused)]
    public async Task An_answer_that_no_Eureka_server_gives_ends_nothing(string answer, PeerState state)
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        await Until(() => node.Contact.View.State == PeerState.Linked, () => $"{node.Contact.View}");
        java.Quirks = new JavaQuirks { BatchAnswer = answer };
        Task<JavaRequest> sent = java.NextAsync(Says("Register"), "a batch");
        node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
        await sent;
        await Until(() => node.Contact.View.State == state && node.Peer.Lag == 0, () => $"{node.Contact.View}");
        java.Quirks = new JavaQuirks();
        node.Registry.Register(RegistrationBuilder.Of("orders", "i-2"), node.Registry.Now);
        await Until(() => java.Registered is ["ORDERS/i-1 UP", "ORDERS/i-2 UP"], () => string.Join(", ", java.Registered));
    }

    [Theory]
    [InlineData("")] // not a word
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")] // a byte now and then, for ever
    public async Task A_server_that_is_slow_for_ever_holds_nothing_up_and_what_waits_for_it_shows(string beginning)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = new CancellationTokenSource();
        Task dripping = DripAsync(listener, beginning, over.Token);
        var address = new Uri($"eureka+http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/eureka");
        var options = new EurekaPeerOptions { CopyTimeout = TimeSpan.FromMilliseconds(300) };
        await using (var node = new JoinedNode(address, options with { Http = options.Http with { CallTimeout = TimeSpan.FromMilliseconds(300) } }))
        {
            await Until(() => node.Contact.View.State == PeerState.Unreachable, () => $"{node.Contact.View}");
            Assert.Contains("no answer within 300ms", node.Contact.View.Why, StringComparison.Ordinal);
            node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
            node.Registry.Register(RegistrationBuilder.Of("orders", "i-2"), node.Registry.Now);
            await Until(() => node.Peer.Counts.Failures >= 3, () => $"{node.Peer.Counts}");
            Assert.Equal((2ul, 0L), (node.Peer.Lag, node.Peer.Counts.Batches));
            Assert.True(node.Peer.Progress(node.Registry.Now).Behind > TimeSpan.Zero);
        }

        await over.CancelAsync();
        await dripping;
    }

    [Fact]
    public async Task A_batch_that_nobody_may_send_is_said_to_be_refused()
    {
        await using var java = JavaEurekaServer.Started();
        await using var node = new JoinedNode(java);
        await Until(() => node.Contact.View.State == PeerState.Linked, () => $"{node.Contact.View}");
        java.Quirks = new JavaQuirks { AnswersAll = 403 }; // as Spring's protection against forged requests
        node.Registry.Register(RegistrationBuilder.Of("orders", "i-1"), node.Registry.Now);
        await Until(() => node.Contact.View.State == PeerState.Refused, () => $"{node.Contact.View}");
        Assert.Contains("403", node.Contact.View.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_to_a_batch_that_does_not_end_is_cut_off_and_a_copy_may_be_larger()
    {
        await using var java = JavaEurekaServer.Started();
        for (int i = 0; i < 50; i++)
        {
            java.Register(JavaBodies.Instance("ORDERS", $"i-{i}").ToJsonString());
        }

        await using var node = new JoinedNode(java.Address, new EurekaPeerOptions { BatchAnswerBytesMax = 1_000 });
        await Until(() => node.Cluster.Warming is null, () => "reads still wait");
        Assert.Equal(50, node.Registry.ReadSnapshot().Count);
        java.Quirks = new JavaQuirks { BatchAnswer = new string(' ', 2_000) };
        node.Registry.Register(RegistrationBuilder.Of("orders", "ours"), node.Registry.Now);
        await Until(() => node.Contact.View.State == PeerState.Refused, () => $"{node.Contact.View}");
        Assert.Contains("over 1000 bytes", node.Contact.View.Why, StringComparison.Ordinal);
        Assert.Equal(0ul, node.Peer.Lag);
    }

    [Fact]
    public async Task At_the_start_all_that_is_there_is_here_before_reads_open()
    {
        await using var java = JavaEurekaServer.Started(new JavaQuirks { RefusesReads = true });
        for (int i = 0; i < 50; i++)
        {
            java.Register(JavaBodies.Instance("ORDERS", $"i-{i}").ToJsonString());
        }

        Task<JavaRequest> early = java.NextAsync(request => request.Target == "/eureka/apps/" && request.Status == 403, "a copy that is refused");
        await using var node = new JoinedNode(java);
        await early;
        Assert.NotNull(node.Cluster.Warming);
        Assert.Equal(0, node.Registry.ReadSnapshot().Count);
        java.Quirks = new JavaQuirks();
        await Until(() => node.Cluster.Warming is null, () => "reads still wait");
        Assert.Equal(50, node.Registry.ReadSnapshot().Count);

        // Theirs already: nothing of it goes back.
        Assert.DoesNotContain(java.Requests, request => request.Method == "POST");
    }

    private static async Task DripAsync(TcpListener listener, string beginning, CancellationToken over)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(DripAsync(await listener.AcceptTcpClientAsync(over), beginning, over));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task DripAsync(TcpClient connection, string beginning, CancellationToken over)
    {
        using (connection)
        {
            try
            {
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), over);
                while (true)
                {
                    await Task.Delay(20, over);
                    await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning.Length == 0 ? "" : "1\r\n \r\n"), over);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The other end has hung up, or it is over.
            }
        }
    }

    private static Func<JavaRequest, bool> Says(string action) =>
        request => request.Target.EndsWith("/peerreplication/batch/", StringComparison.Ordinal) && request.Body.Contains($"\"action\":\"{action}\"", StringComparison.Ordinal);

    private static string Text(JsonObject json, string member) => json[member]!.ToString();

    private static async Task Until(Func<bool> holds, Func<string> seen)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            Assert.False(deadline.IsCancellationRequested, $"Waited 30 s in vain; seen: {seen()}");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>A registry on the system's clock, joined to one Java server.</summary>
    private sealed class JoinedNode : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly RegistryRunner _runner;
        private readonly Task _running;

        public JoinedNode(JavaEurekaServer java)
            : this(java.Address) { }

        public JoinedNode(Uri java, EurekaPeerOptions? options = null)
        {
            Registry = new RegistryService(
                new RegistryOptions { NodeId = 7, Cluster = new ClusterOptions { ClusterId = "test", WarmUpMax = TimeSpan.FromMinutes(5) } },
                TimeProvider.System
            );
            Cluster = new ClusterNode(Registry, expectsPeers: true, Registry.Now);
            Mesh = new JavaMesh(Cluster, ownPeersFirst: false, Registry.Now);
            Contact = new PeerContact(java.ToString(), Registry.Now);
            _runner = new RegistryRunner(Registry, []);
            Assert.True(EurekaAddress.TryParse(java, out EurekaAddress? address, out _));
            _running = Task.Run(async () =>
            {
                await _runner.StartAsync(CancellationToken.None);
                await EurekaPeer.RunAsync(Mesh, Contact, address, options ?? new EurekaPeerOptions(), Say, _over.Token);
            });
        }

        public RegistryService Registry { get; }

        public ClusterNode Cluster { get; }

        public JavaMesh Mesh { get; }

        public PeerContact Contact { get; }

        public List<string> Said { get; } = [];

        public JavaPeer Peer => Assert.Single(Mesh.Peers);

        public Instance? Find(string id) => Registry.Find(InstanceKey.Of("orders", id));

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _running.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
            await _runner.DisposeAsync();
            _over.Dispose();
        }

        private void Say(PeerContactView view)
        {
            lock (Said)
            {
                Said.Add(view.ToString());
            }
        }
    }
}
