using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rollcall.Transports.Tests.Server;

/// <summary>Connections side by side: each keeps its own answers, and the server ends them when it ends.</summary>
public sealed class ManyConnectionsTests
{
    private const int Connections = 8;
    private const int Rounds = 60;

    [Fact]
    public async Task Owners_side_by_side_each_see_their_own_instance_come_and_go()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        var surprises = new ConcurrentQueue<string>();

        Parallel.For(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = Connections }, Own);

        Assert.True(surprises.IsEmpty, string.Join('\n', surprises.Take(5)));
        Assert.Equal(0, server.Registry.ReadSnapshot().Count);
        server.AssertNoFailures();

        void Own(int owner)
        {
            using RawConnection connection = server.Connect();
            for (int round = 0; round < Rounds; round++)
            {
                string id = $"{owner}-{round}";
                string body =
                    $"<instance><instanceId>{id}</instanceId><hostName>h-{id}</hostName><app>SHARED</app>"
                    + "<ipAddr>10.0.0.1</ipAddr><dataCenterInfo><name>MyOwn</name></dataCenterInfo></instance>";
                Expect(204, "POST", "/eureka/apps/SHARED", body);
                Expect(200, "PUT", $"/eureka/apps/SHARED/{id}");
                Expect(400, "PUT", $"/eureka/apps/SHARED/{id}/status?value={id}");
                RawAnswer read = Expect(200, "GET", $"/eureka/apps/SHARED/{id}");
                Check(read.Text.Contains($"<hostName>h-{id}</hostName>", StringComparison.Ordinal), $"{id} read {read.Text}");
                RawAnswer all = Expect(200, "GET", "/eureka/apps");
                Check(all.Text.Contains($"<instanceId>{id}<", StringComparison.Ordinal), $"{id} is not in a full read");
                Expect(200, "DELETE", $"/eureka/apps/SHARED/{id}");
                Expect(404, "PUT", $"/eureka/apps/SHARED/{id}");
            }

            RawAnswer Expect(int status, string method, string target, string body = "")
            {
                connection.Send(HttpFixture.RequestBytes(method, target, "", System.Text.Encoding.UTF8.GetBytes(body)));
                RawAnswer answer = connection.Receive();
                Check(answer.Status == status, $"{method} {target}: {answer.Status} instead of {status}, {answer.Text}");
                return answer;
            }
        }

        void Check(bool good, string surprise)
        {
            if (!good)
            {
                surprises.Enqueue(surprise);
            }
        }
    }

    [Fact]
    public async Task A_stop_ends_idle_connections_without_waiting_for_them()
    {
        HttpFixture server = await HttpFixture.StartAsync();
        using RawConnection idle = server.Connect();
        idle.Send("GET /health/live HTTP/1.1\r\nHost: r\r\n\r\n");
        Assert.Equal(200, idle.Receive().Status);

        var watch = Stopwatch.StartNew();
        await server.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, HttpFixture.StopPatience * 0.8);
        Assert.True(idle.IsClosedByServer());
    }
}
