using System.Text;

namespace Rollcall.Transports.Tests.Server;

/// <summary>
/// Whatever is sent: a 4xx with a reason or a hang-up, an unchanged registry, no exception, and the next caller is served.
/// </summary>
public abstract class HostileTests : IAsyncLifetime
{
    /// <summary>A registration that is accepted: ORDERS/new.</summary>
    protected const string Registration = """
        {"instance":{"instanceId":"new","hostName":"h","app":"ORDERS","ipAddr":"10.0.0.9",
        "port":{"$":8080,"@enabled":"true"},"dataCenterInfo":{"name":"MyOwn"}}}
        """;

    protected HttpFixture Server { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Server = await StartAsync();
        Server.Register("ORDERS", "victim");
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    protected virtual Task<HttpFixture> StartAsync() => HttpFixture.StartAsync();

    /// <summary>Sends bytes and expects one of these statuses; 0 stands for a hang-up without an answer.</summary>
    protected RawAnswer AssertRefused(ReadOnlySpan<byte> request, params int[] statuses)
    {
        ulong version = Server.Registry.ReadSnapshot().Version;
        using RawConnection connection = Server.Connect();
        connection.Send(request);
        RawAnswer answer = connection.Receive();
        Assert.Contains(answer.Status, statuses);
        AssertReason(answer);
        AssertUnharmed(version);
        return answer;
    }

    protected RawAnswer AssertRefused(
        string method,
        string target,
        string headers,
        ReadOnlySpan<byte> body,
        params int[] statuses
    ) => AssertRefused(HttpFixture.RequestBytes(method, target, headers, body), statuses);

    protected RawAnswer AssertRegistrationRefused(string json, params int[] statuses) =>
        AssertRefused("POST", "/eureka/apps/ORDERS", "Content-Type: application/json", Encoding.UTF8.GetBytes(json), statuses);

    /// <summary>The registry is as it was, no handler failed, and a well-behaved request is answered.</summary>
    protected void AssertUnharmed(ulong version)
    {
        Assert.Equal(version, Server.Registry.ReadSnapshot().Version);
        Assert.Equal(200, Server.Ask("PUT", "/eureka/apps/ORDERS/victim?status=UP").Status);
        Assert.Equal(version, Server.Registry.ReadSnapshot().Version);
        Server.AssertNoFailures();
    }

    /// <summary>Refusals name the reason in the header, and in the body but for 404.</summary>
    private static void AssertReason(RawAnswer answer)
    {
        // Kestrel answers what is not HTTP by itself, with a status and Connection: close; it then never becomes a request here.
        if (
            answer.Status == 0
            || (answer.Body.Length == 0 && answer["Connection"] == "close" && answer["X-Rollcall-Reason"] is null)
        )
        {
            return;
        }

        Assert.InRange(answer.Status, 400, 499);
        string reason = Assert.IsType<string>(answer["X-Rollcall-Reason"]);
        Assert.InRange(reason.Length, 1, 200);
        Assert.All(reason, c => Assert.InRange(c, ' ', '~'));
        if (answer.Status == 404)
        {
            Assert.Empty(answer.Body);
        }
        else if (answer.Body.Length > 0)
        {
            Assert.StartsWith("text/plain", answer["Content-Type"], StringComparison.Ordinal);
            Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
        }
    }
}
