using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Native;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.HttpServer.Watching;
using Xunit.Abstractions;

namespace Rollcall.Transports.Tests.Server;

/// <summary>What a heartbeat allocates: in our code nothing, and through Kestrel next to nothing.</summary>
public sealed class HeartbeatCostTests(ITestOutputHelper output)
{
    private const int Warmup = 2_000;
    private const int Measured = 10_000;
    private const int Rounds = 5;

    [Theory]
    [InlineData("/eureka/apps/ORDERS/host-1.example.org:orders:8080?status=UP&lastDirtyTimestamp=1700000000005", 200)]
    [InlineData("/eureka/v2/apps/orders/host-1.example.org%3Aorders%3A8080", 200)]
    [InlineData("/eureka/apps/ORDERS/host-1.example.org:orders:8080?lastDirtyTimestamp=1", 200)]
    [InlineData("/eureka/apps/ORDERS/nobody?status=UP&lastDirtyTimestamp=1700000000005", 404)]
    [InlineData("/v1/leases/HANDLE", 204)]
    [InlineData("/v1/leases/0000000000000001", 404)]
    [InlineData("/v1/instances/orders/host-1.example.org:orders:8080/lease?clientStamp=1700000000005", 204)]
    [InlineData("/v1/instances/orders/nobody/lease?clientStamp=1700000000005", 404)]
    public void A_heartbeat_allocates_nothing_in_our_code(string target, int status)
    {
        var registry = new RegistryService(new RegistryOptions(), new HandClock());
        Registration registration = RegistrationBuilder.Of("ORDERS", "host-1.example.org:orders:8080");
        RegisterResult registered = registry.Register(registration with { ClientStamp = 1_700_000_000_005 }, registry.Now);
        using var meter = new HttpMeter();
        using var hub = new WatchHub(registry, watchersMax: 0);
        var options = new HttpServerOptions();
        var native = new NativeApi(registry, new NativeDocuments(registry), hub, options);
        var dispatcher = new Dispatcher(registry, new DocumentSources(registry), native, new PeerUpgrade(null, default), AccessPolicy.Open, options);
        var handler = new RequestHandler(dispatcher, meter, NullLogger.Instance);
        var connection = new Connection(target.Replace("HANDLE", registered.Handle.ToString(), StringComparison.Ordinal));
        for (int i = 0; i < Warmup; i++)
        {
            Assert.Equal(status, Beat(handler, connection));
        }

        // What a heartbeat allocates it allocates in every round; what the runtime does once, for its own ends, in one of them.
        Assert.Equal(0, Enumerable.Range(0, Rounds).Min(_ => Round()));

        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Measured / Rounds; i++)
            {
                Beat(handler, connection);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData("/eureka/apps/ORDERS/o-1?status=UP", "HTTP/1.1 200", null)]
    [InlineData("/eureka/apps/ORDERS/o-1?status=UP", "HTTP/1.1 200", "Bearer of-a-registrar")]
    [InlineData("/v1/instances/ORDERS/o-1/lease", "HTTP/1.1 204", null)]
    [InlineData("/v1/leases/HANDLE", "HTTP/1.1 204", null)]
    [InlineData("/v1/leases/HANDLE", "HTTP/1.1 204", "Basic cmVnaXN0cmFyOm9mLWEtcmVnaXN0cmFy")]
    public async Task A_heartbeat_over_one_connection_allocates_next_to_nothing_in_the_process(string target, string expected, string? credentials)
    {
        var registrar = new Principal("registrar", AccessRoles.Registrar, "ord*", "payments");
        AccessPolicy? policy = credentials is null ? null : new AccessPolicy(Credential.Token(registrar, "of-a-registrar"u8));
        await using HttpFixture server = await HttpFixture.StartAsync(access: policy);
        string handle = server.Registry.Register(RegistrationBuilder.Of("ORDERS", "o-1"), server.Registry.Now).Handle.ToString();
        byte[] start = Encoding.ASCII.GetBytes(expected);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server.EndPoint);
        byte[] request = HttpFixture.RequestBytes(
            "PUT",
            target.Replace("HANDLE", handle, StringComparison.Ordinal),
            credentials is null ? "" : $"Authorization: {credentials}",
            default
        );
        byte[] answer = new byte[1_024];
        Exchange(Warmup);

        // The whole process is counted, so timers and the compiler join in: the best of some rounds is the heartbeat's own.
        double perBeat = Enumerable.Range(0, Rounds).Min(_ => Round());

        output.WriteLine($"{target}, credentials {credentials is not null}: heartbeat over one connection: {perBeat:0.0} B allocated in the process, client included");
        Assert.InRange(perBeat, 0, 32);

        double Round()
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(Measured / Rounds);
            return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / (Measured / Rounds);
        }

        void Exchange(int times)
        {
            for (int i = 0; i < times; i++)
            {
                socket.Send(request);
                int read = socket.Receive(answer);
                Assert.True(answer.AsSpan(0, read).StartsWith(start));
            }
        }
    }

    private static int Beat(RequestHandler handler, Connection connection)
    {
        connection.Reset();
        Exchange exchange = handler.CreateContext(connection);
        Assert.True(handler.ProcessRequestAsync(exchange).IsCompletedSuccessfully);
        handler.DisposeContext(exchange, null);
        return connection.Response.StatusCode;
    }

    /// <summary>As much of a connection of Kestrel's as a heartbeat looks at.</summary>
    private sealed class Connection : FeatureCollection, IHostContextContainer<Exchange>
    {
        public Connection(string target)
        {
            Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "PUT", RawTarget = target });
            Set<IHttpResponseFeature>(Response);
        }

        public Exchange? HostContext { get; set; }

        public HttpResponseFeature Response { get; } = new();

        public void Reset()
        {
            Response.StatusCode = 200;
            Response.Headers.Clear();
        }
    }
}
