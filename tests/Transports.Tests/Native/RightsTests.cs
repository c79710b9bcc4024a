using System.Text;
using Rollcall.Core.Access;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.HttpServer.Routing;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>Every endpoint and every kind of caller, against the table <c>rights.txt</c>; and how callers show who they are.</summary>
public sealed class RightsTests
{
    private const string Nobody = "nobody";
    private const string Heartbeat = "/eureka/apps/ORDERS/o-1?status=UP";

    private static readonly Principal[] s_callers =
    [
        new("reader", AccessRoles.Reader),
        new("registrar-of-orders", AccessRoles.Registrar, "ord*"),
        new("registrar-of-others", AccessRoles.Registrar, "payments"),
        new("registrar-of-all", AccessRoles.Registrar),
        new("operator", AccessRoles.Operator),
        new("peer", AccessRoles.Peer),
    ];

    private static AccessPolicy Policy => new(s_callers.Select(caller => Credential.Token(caller, Encoding.UTF8.GetBytes(TokenOf(caller.Name)))));

    /// <summary>With ROLLCALL_GOLDEN=write the table is written anew; read the difference before you commit it.</summary>
    [Fact]
    public async Task Every_endpoint_admits_exactly_who_the_table_says()
    {
        var table = new StringBuilder();
        foreach (HttpEndpoint endpoint in Endpoints.All)
        {
            await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
            server.Register("ORDERS", "o-1");
            (string method, string target, string body) = RequestFor(server, endpoint);
            string[] admitted =
            [
                .. s_callers.Select(caller => caller.Name).Prepend(Nobody).Where(caller => IsAdmitted(server, caller, method, target, body)),
            ];
            table.Append(method.PadRight(7)).Append(target.Split('?')[0].PadRight(44)).Append(string.Join(' ', admitted)).Append('\n');
            server.AssertNoFailures();
        }

        string file = Repository.PathOf("tests/Transports.Tests/Native/rights.txt");
        if (Environment.GetEnvironmentVariable("ROLLCALL_GOLDEN") == "write")
        {
            await File.WriteAllTextAsync(file, table.ToString());
        }

        Assert.Equal((await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n"), table.ToString());
    }

    [Fact]
    public async Task A_heartbeat_that_is_refused_has_no_body_and_changes_nothing()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        server.Register("ORDERS", "o-1");
        RawAnswer missing = server.Ask("PUT", Heartbeat);
        RawAnswer forbidden = server.Ask("PUT", Heartbeat, Bearer("reader"));

        Assert.Equal([401, 403], [missing.Status, forbidden.Status]);
        Assert.Empty(missing.Body);
        Assert.Empty(forbidden.Body);
        Assert.Contains("credentials", missing["X-Rollcall-Reason"], StringComparison.Ordinal);
        Assert.Contains("reader may not", forbidden["X-Rollcall-Reason"], StringComparison.Ordinal);
        Assert.Equal(["Bearer realm=\"rollcall\"", "Basic realm=\"rollcall\", charset=\"UTF-8\""], Challenges(missing));
        Assert.Empty(Challenges(forbidden));
        Assert.Equal(0, server.Registry.Counts.Renewals);
    }

    [Theory]
    [InlineData("Bearer token-of-operator", 200)]
    [InlineData("bearer token-of-operator", 200)]
    [InlineData("Bearer   token-of-operator  ", 200)]
    [InlineData("Basic operator:token-of-operator", 200)]
    [InlineData("basic operator:token-of-operator", 200)]
    [InlineData("Basic peer:token-of-operator", 401)]
    [InlineData("Basic :token-of-operator", 401)]
    [InlineData("Basic operator:token-of-peer", 401)]
    [InlineData("Basic operator:", 401)]
    [InlineData("Basic operator", 401)]
    [InlineData("Basic", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer token-of-operato", 401)]
    [InlineData("Bearer token-of-operatorr", 401)]
    [InlineData("Bearer TOKEN-OF-OPERATOR", 401)]
    [InlineData("Digest operator", 401)]
    [InlineData("token-of-operator", 401)]
    public async Task Credentials_are_a_token_or_the_name_and_the_token(string shown, int status)
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        string[] parts = shown.Split(' ', 2);
        string value = parts[0].Equals("Basic", StringComparison.OrdinalIgnoreCase) && parts.Length > 1
            ? $"{parts[0]} {Convert.ToBase64String(Encoding.UTF8.GetBytes(parts[1]))}"
            : shown;
        Assert.Equal(status, server.Ask("GET", "/v1/guard", $"Authorization: {value}").Status);
    }

    [Theory]
    [InlineData("Basic %%%")]
    [InlineData("Basic b3BlcmF0b3I6")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer \u00ff\u00fe")]
    public async Task Credentials_that_cannot_be_read_are_wrong(string value)
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        RawAnswer answer = server.Ask("GET", "/v1/guard", $"Authorization: {value}");
        Assert.Contains(answer.Status, new[] { 400, 401 });
        server.AssertNoFailures();
    }

    [Fact]
    public async Task Two_headers_are_not_one_of_them()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        Assert.Equal(401, server.Ask("GET", "/v1/guard", $"{Bearer("operator")}\n{Bearer("reader")}").Status);
    }

    [Fact]
    public async Task Each_request_of_a_connection_shows_its_own_credentials()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        server.Register("ORDERS", "o-1");
        using RawConnection connection = server.Connect();
        string?[] callers = ["registrar-of-orders", "registrar-of-orders", "reader", null, "wrong", "registrar-of-orders", "registrar-of-others"];
        int[] statuses =
        [
            .. callers.Select(caller =>
            {
                connection.Send(HttpFixture.RequestBytes("PUT", Heartbeat, caller is null ? "" : Bearer(caller), default));
                return connection.Receive().Status;
            }),
        ];
        Assert.Equal([200, 200, 403, 401, 401, 200, 403], statuses);
    }

    [Fact]
    public async Task The_word_of_a_peer_counts_only_from_a_peer()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        server.Register("ORDERS", "o-1");
        const string older = "/eureka/apps/ORDERS/o-1?lastDirtyTimestamp=1";
        const string replication = "\nx-netflix-discovery-replication: true";

        // Older than the record: a peer is told so, an owner's heartbeat is taken.
        Assert.Equal(200, server.Ask("PUT", older, Bearer("registrar-of-orders") + replication).Status);
        Assert.Equal(409, server.Ask("PUT", older, Bearer("peer") + replication).Status);
        Assert.Equal(200, server.Ask("PUT", older, Bearer("peer")).Status);
    }

    [Fact]
    public async Task Probes_need_no_credentials_and_are_not_asked_for_good_ones()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy);
        foreach (string path in (string[])["/health/live", "/health/ready", "/eureka/healthcheck"])
        {
            Assert.Equal(200, server.Ask("GET", path).Status);
            Assert.Equal(200, server.Ask("HEAD", path).Status);
            Assert.Equal(200, server.Ask("GET", path, "Authorization: Bearer of-yesterday").Status);
        }
    }

    [Fact]
    public async Task No_secret_is_repeated_or_logged()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(access: Policy, logEverything: true);
        string basic = Convert.ToBase64String("operator:s3cret-wrong"u8);
        foreach (string header in (string[])["Authorization: Bearer s3cret-wrong", $"Authorization: Basic {basic}", Bearer("operator"), Bearer("reader")])
        {
            RawAnswer answer = server.Ask("POST", "/v1/guard/confirm-loss", header);
            Assert.NotEmpty(server.Logged);
            string all = string.Join('\n', [answer.Text, .. answer.Headers.Select(h => h.Value), .. server.Logged]);
            foreach (string secret in (string[])["s3cret-wrong", basic, TokenOf("operator"), TokenOf("reader")])
            {
                Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    private static bool IsAdmitted(HttpFixture server, string caller, string method, string target, string body)
    {
        string headers = caller == Nobody ? "Accept: application/json" : Bearer(caller);
        int status = server.Ask(method, target, headers, body).Status;
        Assert.True(status is 401 == (caller == Nobody && status is not (200 or 204)), $"{caller}: {method} {target}: {status}");
        return status is not (401 or 403);
    }

    private static (string Method, string Target, string Body) RequestFor(HttpFixture server, HttpEndpoint endpoint)
    {
        string method = endpoint.Verb.ToString().ToUpperInvariant();
        return endpoint.Kind switch
        {
            RouteKind.Apps => (method, "/eureka/apps", ""),
            RouteKind.Delta => (method, "/eureka/apps/delta", ""),
            RouteKind.Service => (method, "/eureka/apps/ORDERS", ""),
            RouteKind.Instance => (method, "/eureka/apps/ORDERS/o-1", ""),
            RouteKind.InstanceStatus => (method, "/eureka/apps/ORDERS/o-1/status?value=UP", ""),
            RouteKind.InstanceMetadata => (method, "/eureka/apps/ORDERS/o-1/metadata?a=b", ""),
            RouteKind.InstanceById => (method, "/eureka/instances/o-1", ""),
            RouteKind.Vip => (method, "/eureka/vips/orders", ""),
            RouteKind.SecureVip => (method, "/eureka/svips/orders", ""),
            RouteKind.Batch => (method, "/eureka/peerreplication/batch", "{\"replicationList\":[]}"),
            RouteKind.AsgStatus => (method, "/eureka/asg/a/status?value=ENABLED", ""),
            RouteKind.ServerStatus => (method, "/eureka/status", ""),
            RouteKind.StatusOverrides => (method, "/eureka/serverinfo/statusoverrides", ""),
            RouteKind.HomePage => (method, "/", ""),
            RouteKind.HistoryPage => (method, "/lastn", ""),
            RouteKind.HealthCheck => (method, "/eureka/healthcheck", ""),
            RouteKind.Live => (method, "/health/live", ""),
            RouteKind.Ready => (method, "/health/ready", ""),
            RouteKind.NativeIndex => (method, "/v1", ""),
            RouteKind.NativeInstances => (method, "/v1/instances", "{\"service\":\"orders\",\"id\":\"o-2\",\"address\":\"h\"}"),
            RouteKind.NativeInstance => (method, "/v1/instances/ORDERS/o-1", ""),
            RouteKind.NativeLease => (method, "/v1/instances/ORDERS/o-1/lease", ""),
            RouteKind.NativeStatus => (method, "/v1/instances/ORDERS/o-1/status?value=UP", ""),
            RouteKind.NativeMetadata => (method, "/v1/instances/ORDERS/o-1/metadata", "{\"a\":\"b\"}"),
            RouteKind.NativeHandles => (method, "/v1/leases", "[]"),
            RouteKind.NativeHandle => (method, "/v1/leases/0000000000000001", ""),
            RouteKind.NativeServices => (method, "/v1/services", ""),
            RouteKind.NativeAcknowledged => (method, "/v1/services/orders/acknowledged", ""),
            RouteKind.NativeChanges => (method, "/v1/changes?since=0000000000c0ffee-0", ""),
            RouteKind.Watch => (method, "/v1/watch?wait=0", ""),
            RouteKind.Acknowledge => (method, "/v1/acknowledge", "{\"subscription\":\"none\",\"version\":\"1-1\"}"),
            RouteKind.Explain => (method, "/v1/explain/ORDERS/o-1", ""),
            RouteKind.Guard => (method, "/v1/guard", ""),
            RouteKind.ConfirmLoss => (method, "/v1/guard/confirm-loss", ""),
            RouteKind.Regions => (method, "/v1/regions", ""),
            RouteKind.History => (method, "/v1/history", ""),
            RouteKind.Peers => (method, "/v1/peers", ""),
            RouteKind.PeerLane => (method, "/v1/peer", ""),
            _ => throw new InvalidOperationException($"{endpoint.Kind} is new: say how it is asked for ({server.EndPoint})."),
        };
    }

    private static IEnumerable<string> Challenges(RawAnswer answer) => answer.Headers.Where(h => h.Key == "WWW-Authenticate").Select(h => h.Value);

    private static string Bearer(string caller) => $"Authorization: Bearer {TokenOf(caller)}";

    private static string TokenOf(string caller) => $"token-of-{caller}";
}
