using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.Testing.Support.JavaEureka;

namespace Rollcall.Interop.Tests.JavaClusters;

/// <summary>A real server process that joins Java servers: <c>--peer eureka+http://…</c>.</summary>
/// <remarks>The Java servers are fakes that complain about what Java would not take; no Java is on the build machine.</remarks>
public sealed class JavaClusterTests
{
    [Fact]
    public async Task A_server_joins_a_running_Java_cluster_and_both_know_what_either_was_told()
    {
        await using var first = JavaEurekaServer.Started();
        await using var second = JavaEurekaServer.Started(new JavaQuirks { BasePath = "/eureka/v2", EnforcesGzip = true });
        first.Register(JavaBodies.Instance("ORDERS", "java-1").ToJsonString());
        second.Register(JavaBodies.Instance("ORDERS", "java-1").ToJsonString());
        await using ServerProcess server = await ServerProcess.StartAsync(
            "--peer",
            first.Address.ToString(),
            "--peer",
            second.Address.ToString()
        );
        using var http = new HttpClient { BaseAddress = server.BaseUrl };

        // Reads wait until all of it is there: so the first answer has it.
        await Until(async () => (await http.GetAsync(new Uri("eureka/apps/ORDERS", UriKind.Relative))).IsSuccessStatusCode, "reads are served");
        Assert.Contains("java-1", await http.GetStringAsync(new Uri("eureka/apps/ORDERS", UriKind.Relative)), StringComparison.Ordinal);

        using var body = new StringContent(new JsonObject { ["instance"] = JavaBodies.Instance("ORDERS", "ours-1") }.ToJsonString(), Encoding.UTF8, "application/json");
        Assert.Equal(204, (int)(await http.PostAsync(new Uri("eureka/apps/ORDERS", UriKind.Relative), body)).StatusCode);
        await Until(() => Has(first, "ORDERS/ours-1 UP") && Has(second, "ORDERS/ours-1 UP"), "both Java servers know it");

        // The other way: what a Java server sends goes to no other Java server from here.
        first.Register(JavaBodies.Instance("ORDERS", "java-2").ToJsonString());
        JsonObject batch = JavaBodies.Batch(first.ItemFor("Register", "ORDERS", "java-2"));
        using var sent = new StringContent(batch.ToJsonString(), Encoding.UTF8, "application/json");
        HttpResponseMessage answer = await http.PostAsync(new Uri("eureka/peerreplication/batch/", UriKind.Relative), sent);
        Assert.Empty(first.TakeAnswers(batch, (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!));
        Assert.Equal(200, (int)(await http.DeleteAsync(new Uri("eureka/apps/ORDERS/ours-1", UriKind.Relative))).StatusCode);
        await Until(() => !Has(first, "ORDERS/ours-1 UP") && !Has(second, "ORDERS/ours-1 UP"), "both Java servers know that it is gone");
        Assert.DoesNotContain(second.Registered, told => told.Contains("java-2", StringComparison.Ordinal));

        using JsonDocument peers = JsonDocument.Parse(await http.GetStringAsync(new Uri("v1/peers", UriKind.Relative)));
        Assert.Equal(
            [$"{first.Address} linked", $"{second.Address} linked"],
            peers.RootElement.GetProperty("peers").EnumerateArray().Select(peer => $"{peer.GetProperty("address")} {peer.GetProperty("state")}")
        );
        Assert.All(
            peers.RootElement.GetProperty("peers").EnumerateArray(),
            peer => Assert.True(peer.GetProperty("lagMs").GetInt64() >= 0 && peer.GetProperty("lagChanges").GetInt64() >= 0 && peer.GetProperty("bytesSent").GetInt64() > 0)
        );
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact]
    public async Task A_Java_server_that_is_away_holds_nothing_up_and_is_one_line()
    {
        await using var java = JavaEurekaServer.Started();
        await java.StopAsync();
        await using ServerProcess server = await ServerProcess.StartAsync("--peer", java.Address.ToString());
        using var http = new HttpClient { BaseAddress = server.BaseUrl };
        using var body = new StringContent(new JsonObject { ["instance"] = JavaBodies.Instance("ORDERS", "ours-1") }.ToJsonString(), Encoding.UTF8, "application/json");
        Assert.Equal(204, (int)(await http.PostAsync(new Uri("eureka/apps/ORDERS", UriKind.Relative), body)).StatusCode);
        await Until(() => server.Errors.Contains("cannot be reached", StringComparison.Ordinal) || server.Output.Contains("cannot be reached", StringComparison.Ordinal), "a line about the peer");
        java.Start();
        await Until(() => Has(java, "ORDERS/ours-1 UP"), "the Java server knows it");
        Assert.Equal(0, await server.TerminateAsync());
        Assert.Equal(1, (server.Errors + server.Output).Split("cannot be reached").Length - 1);
    }

    private static bool Has(JavaEurekaServer java, string told) => java.Registered.Contains(told);

    private static Task Until(Func<bool> holds, string expected) => Until(() => Task.FromResult(holds()), expected);

    private static Task Until(Func<Task<bool>> holds, string expected) => Wait.UntilAsync(holds, () => expected);
}
