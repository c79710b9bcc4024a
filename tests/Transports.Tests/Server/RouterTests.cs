using System.Text;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.Tests.Server;

public sealed class RouterTests
{
    [Theory]
    [InlineData("/eureka/apps", "Apps")]
    [InlineData("/eureka/apps/", "Apps")]
    [InlineData("/eureka/v2/apps/", "Apps")]
    [InlineData("/v2/apps", "Apps")]
    [InlineData("/apps", "Apps")]
    [InlineData("//eureka//v2///apps//", "Apps")]
    [InlineData("http://registry:8761/eureka/apps", "Apps")]
    [InlineData("/%65ureka/%61pps", "Apps")]
    [InlineData("/eureka/apps/delta", "Delta")]
    [InlineData("/eureka/apps/delta/", "Delta")]
    [InlineData("/eureka/apps/delta?regions=a", "Delta")]
    [InlineData("/eureka/apps/DELTA", "Service:DELTA")]
    [InlineData("/eureka/apps/orders", "Service:orders")]
    [InlineData("/eureka/apps/orders/i-1", "Instance:orders/i-1")]
    [InlineData("/eureka/apps/delta/i-1", "Instance:delta/i-1")]
    [InlineData("/eureka/apps/orders/host%3Aapp%3A8080", "Instance:orders/host:app:8080")]
    [InlineData("/eureka/apps/orders/test%231.%5B3.%3F%5D!", "Instance:orders/test#1.[3.?]!")]
    [InlineData("/eureka/apps/orders/http%3A%2F%2Fh%2Fx", "Instance:orders/http://h/x")]
    [InlineData("/eureka/apps/orders/a%252Fb", "Instance:orders/a%2Fb")]
    [InlineData("/eureka/apps/orders/a+b", "Instance:orders/a+b")]
    [InlineData("/eureka/apps/orders/..", "Instance:orders/..")]
    [InlineData("/eureka/apps/orders/a;b=c", "Instance:orders/a;b=c")]
    [InlineData("/eureka/apps/orders/%F0%9F%98%80", "Instance:orders/😀")]
    [InlineData("/eureka/apps/orders/i-1/status?value=UP", "InstanceStatus:orders/i-1")]
    [InlineData("/eureka/apps/orders/i-1/metadata?a=b", "InstanceMetadata:orders/i-1")]
    [InlineData("/eureka/apps/orders/i-1/else", "Unknown")]
    [InlineData("/eureka/v2/apps/orders/i-1/status/more", "Unknown")]
    [InlineData("/eureka/instances/i-1", "InstanceById:i-1")]
    [InlineData("/instances", "Unknown")]
    [InlineData("/eureka/vips/a.b", "Vip:a.b")]
    [InlineData("/v2/svips/a", "SecureVip:a")]
    [InlineData("/eureka/peerreplication/batch/", "Batch")]
    [InlineData("/eureka/asg/g/status", "AsgStatus:g")]
    [InlineData("/eureka/status", "ServerStatus")]
    [InlineData("/eureka/serverinfo/statusoverrides", "StatusOverrides")]
    [InlineData("/healthcheck", "HealthCheck")]
    [InlineData("/", "HomePage")]
    [InlineData("/eureka/", "HomePage")]
    [InlineData("/eureka/jsp/lastN.jsp", "HistoryPage")]
    [InlineData("/lastn", "HistoryPage")]
    [InlineData("/v1/explain/orders/i%2F1", "Explain:orders/i/1")]
    [InlineData("/v1/guard", "Guard")]
    [InlineData("/v1/regions", "Regions")]
    [InlineData("/v1/guard/confirm-loss", "ConfirmLoss")]
    [InlineData("/v1/history/", "History")]
    [InlineData("/v1", "NativeIndex")]
    [InlineData("/v1/instances/", "NativeInstances")]
    [InlineData("/v1/instances/orders", "UnknownNative")]
    [InlineData("/v1/instances/orders/i%2F1", "NativeInstance:orders/i/1")]
    [InlineData("/v1/instances/orders/i-1/lease", "NativeLease:orders/i-1")]
    [InlineData("/v1/instances/orders/i-1/status?value=UP", "NativeStatus:orders/i-1")]
    [InlineData("/v1/instances/orders/i-1/metadata", "NativeMetadata:orders/i-1")]
    [InlineData("/v1/instances/orders/i-1/else", "UnknownNative")]
    [InlineData("/v1/leases", "NativeHandles")]
    [InlineData("/v1/leases/0000000100000002", "NativeHandle:0000000100000002")]
    [InlineData("/v1/services", "NativeServices")]
    [InlineData("/v1/services/orders/acknowledged", "NativeAcknowledged:orders")]
    [InlineData("/v1/changes?since=1-2", "NativeChanges")]
    [InlineData("/v1/watch", "Watch")]
    [InlineData("/v1/acknowledge", "Acknowledge")]
    [InlineData("https://registry:8761/v1/guard", "Guard")]
    [InlineData("/v1/apps", "UnknownNative")]
    [InlineData("/eureka/v1/apps", "Unknown")]
    [InlineData("/eureka/v2/v2/apps", "Unknown")]
    [InlineData("/eureka/./apps", "Unknown")]
    [InlineData("/EUREKA/apps", "Unknown")]
    [InlineData("/health/live", "Live")]
    [InlineData("/health/ready/", "Ready")]
    [InlineData("/health", "Unknown")]
    [InlineData("*", "Unknown")]
    [InlineData("", "HomePage")]
    public void A_path_names_one_thing(string target, string expected) => Assert.Equal(expected, Shown(target));

    [Theory]
    [InlineData("/eureka/apps/orders/%")]
    [InlineData("/eureka/apps/orders/%4")]
    [InlineData("/eureka/apps/orders/%G0")]
    [InlineData("/eureka/apps/orders/%00")]
    [InlineData("/eureka/apps/orders/%FF")]
    [InlineData("/eureka/apps/orders/%C0%AF")]
    [InlineData("/eureka/apps/orders/%ED%A0%80")]
    [InlineData("/eureka/apps/orders/%F8%88%80%80%80")]
    [InlineData("/eureka/apps/orders/é")]
    [InlineData("/%E2%82")]
    public void A_path_that_is_not_percent_encoded_UTF8_is_refused(string target) => Assert.Equal("Malformed", Shown(target));

    [Fact]
    public void No_target_of_random_bytes_is_read_beyond_its_buffer()
    {
        var random = new Random(20_261_122);
        const string alphabet = "/%?2F0a+&=.v1epsdlt:";
        for (int round = 0; round < 20_000; round++)
        {
            string target = string.Concat(
                Enumerable.Range(0, random.Next(64)).Select(_ => alphabet[random.Next(alphabet.Length)])
            );
            Assert.NotEmpty(Shown(target));
        }
    }

    [Theory]
    [InlineData("Apps", "GET, HEAD")]
    [InlineData("Service", "GET, HEAD, POST")]
    [InlineData("Instance", "GET, HEAD, PUT, DELETE")]
    [InlineData("InstanceStatus", "PUT, DELETE")]
    [InlineData("Batch", "POST")]
    [InlineData("ConfirmLoss", "POST")]
    [InlineData("NativeInstance", "GET, HEAD, DELETE")]
    [InlineData("NativeInstances", "GET, HEAD, POST")]
    [InlineData("NativeHandles", "PUT")]
    public void A_path_answers_to_its_methods_only(string kind, string allow) =>
        Assert.Equal(allow, Endpoints.Allow(Endpoints.AllowedFor(Enum.Parse<RouteKind>(kind))).ToString());

    private static string Shown(string target)
    {
        Route route = Router.Read(target, new byte[target.Length]);
        string name = Encoding.UTF8.GetString(route.Name);
        return route.Kind
            + (name.Length > 0 ? ":" + name : "")
            + (route.Id.Length > 0 ? "/" + Encoding.UTF8.GetString(route.Id) : "");
    }
}
