using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Nodes that come to others: one that knows nothing yet, and those that do not belong there. Real processes.</summary>
public sealed class JoiningTests
{
    private const int Before = 3_000;

    [Fact]
    public async Task A_node_that_joins_under_load_serves_no_partial_list()
    {
        // Long enough that it is not over before the test lets the peers through; the other two find out soon that they are alone.
        await using NodeCluster cluster = await NodeCluster.StartAsync(
            ["tcp", "tcp", "tcp"],
            node => ["--Rollcall:Cluster:WarmUpMax", node == 2 ? "1h" : "1s"]
        );
        await using var fleet = new Fleet(cluster.Nodes);
        await fleet.RegisterAsync(Before);
        await Contents.AgreeAsync(cluster.Nodes, fleet.WhyNotWhole, _ => { });
        ServerProcess joining = cluster.Nodes[2];
        await joining.KillAsync();
        foreach (string left in cluster.DataOf(2).Named("snapshot"))
        {
            File.Delete(cluster.DataOf(2)[left]);
        }

        fleet.Start();
        cluster.Silence(0, 2);
        cluster.Silence(1, 2);
        await joining.RestartAsync();
        using var client = new HttpClient { BaseAddress = joining.BaseUrl };
        foreach (string path in (string[])["eureka/apps", "eureka/apps/delta", "eureka/apps/ORDERS", "eureka/vips/any", "v1/instances", "v1/changes"])
        {
            using HttpResponseMessage refused = await client.GetAsync(path);
            Assert.True(refused.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path}: {refused.StatusCode}");
            Assert.NotNull(refused.Headers.RetryAfter?.Delta);
            Assert.Contains("catching up", Assert.Single(refused.Headers.GetValues("X-Rollcall-Reason")), StringComparison.Ordinal);
        }

        await WritesAsync(joining);
        Task<int> seen = FirstListAsync(client);
        cluster.Heal(0, 2);
        cluster.Heal(1, 2);
        Assert.InRange(await seen, Before, int.MaxValue);
        await fleet.StopAsync();
        await Contents.AgreeAsync(cluster.Nodes, fleet.WhyNotWhole, _ => { });
    }

    [Fact]
    public async Task A_peer_of_another_cluster_and_one_of_the_same_id_are_refused_and_said()
    {
        string port = $"127.0.0.1:{QuietPort.Next()}";
        await using ServerProcess node = await ServerProcess.StartAsync("--tcp", port, "--cluster", "one", "--node-id", "7");
        string[] others = ["--peer", $"tcp://{port}", "--Rollcall:Cluster:WarmUpMax", "0s"];
        await using ServerProcess foreign = await ServerProcess.StartAsync([.. others, "--cluster", "two", "--node-id", "8"]);
        await using ServerProcess twin = await ServerProcess.StartAsync([.. others, "--cluster", "one", "--node-id", "7"]);

        await SaysAsync(foreign, "of cluster 'one', this is 'two'", "of cluster 'two', this is 'one'");
        await SaysAsync(twin, "both have the node id 7: no two nodes may have the same");
        foreach (ServerProcess refused in (ServerProcess[])[foreign, twin])
        {
            await WritesAsync(refused); // it goes on, alone
            using var client = new HttpClient { BaseAddress = refused.BaseUrl };
            string peers = await client.GetStringAsync("v1/peers");
            Assert.Contains("refused", peers, StringComparison.OrdinalIgnoreCase);
        }

        await using IRegistryLink link = await Dial.OpenAsync(node, "tcp");
        Assert.Null(await link.FindAsync("orders", "at-the-new-one"));
    }

    // What it accepts it can tell at once, whatever else it does not know.
    private static async Task WritesAsync(ServerProcess node)
    {
        await using IRegistryLink link = await Dial.OpenAsync(node, "tcp");
        Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of("orders", "at-the-new-one"))).Error);
        Assert.NotNull(await link.FindAsync("orders", "at-the-new-one"));
    }

    // How many instances the first list has that is served.
    private static async Task<int> FirstListAsync(HttpClient client)
    {
        int count = 0;
        await Wait.UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await client.GetAsync("v1/instances");
                if (!answer.IsSuccessStatusCode)
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    return false;
                }

                JsonElement list = await answer.Content.ReadFromJsonAsync<JsonElement>();
                count = list.GetProperty("services").EnumerateArray().Sum(service => service.GetProperty("instances").GetArrayLength());
                return true;
            },
            () => "a list"
        );
        return count;
    }

    private static Task SaysAsync(ServerProcess server, params string[] anyOf) =>
        Wait.UntilAsync(
            () => Task.FromResult(anyOf.Any(text => server.Errors.Contains(text, StringComparison.Ordinal))),
            () => $"'{string.Join("' or '", anyOf)}' in its log:\n{server.Errors}"
        );
}
