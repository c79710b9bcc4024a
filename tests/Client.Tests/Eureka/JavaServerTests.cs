using Rollcall.Client.Servers;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Http;

namespace Rollcall.Client.Tests.Eureka;

/// <summary>A client through its life against Java's Eureka servers: fakes on real sockets, which complain about what Java would not take.</summary>
public sealed class JavaServerTests
{
    private static readonly Registration s_self = RegistrationBuilder.Of("orders", "me") with
    {
        LeaseDuration = TimeSpan.FromSeconds(3),
        RenewalInterval = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task From_start_to_stop_and_nothing_after_the_cancel()
    {
        await using var java = JavaEurekaServer.Started();
        java.Register(JavaBodies.Instance("STOCK", "s-1").ToJsonString());
        await using RollcallClient client = ClientOf(java);
        await client.StartAsync();
        await client.RegisterAsync(s_self);
        await Has(java, "ORDERS/me STARTING");
        client.Started();
        client.SetHealth(true);
        await Has(java, "ORDERS/me UP");
        await Wait.UntilAsync(() => client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        Assert.True(client.TryChoose("stock", out _));
        await Wait.UntilAsync(() => Renewals(java) >= 2, "it is renewed");

        client.SetHealth(false);
        await Has(java, "ORDERS/me DOWN");
        client.SetHealth(true);
        await Has(java, "ORDERS/me UP");

        Task<JavaRequest> announced = java.NextAsync(request => request.Method == "POST" && request.Body.Contains("OUT_OF_SERVICE"), "the announcement");
        await client.StopAsync();
        await announced;
        Assert.DoesNotContain(java.Registered, told => told.StartsWith("ORDERS/", StringComparison.Ordinal));
        JavaRequest[] writes = [.. java.Requests.Where(request => request.Method != "GET")];
        Assert.Equal("DELETE /eureka/apps/ORDERS/me", $"{writes[^1].Method} {writes[^1].Target}");
        Assert.Single(writes, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task A_server_that_has_forgotten_everything_is_told_again()
    {
        await using var java = JavaEurekaServer.Started();
        await using RollcallClient client = ClientOf(java);
        await UpAsync(client, java);
        await java.RestartAsync();
        await Has(java, "ORDERS/me UP");
    }

    [Fact]
    public async Task Another_server_takes_over_and_the_application_notices_nothing()
    {
        await using var first = JavaEurekaServer.Started();
        await using var second = JavaEurekaServer.Started();
        first.Register(JavaBodies.Instance("STOCK", "s-1").ToJsonString());
        second.Register(JavaBodies.Instance("STOCK", "s-1").ToJsonString());
        await using RollcallClient client = ClientOf(first, second);
        await client.StartAsync();
        await client.RegisterAsync(s_self);
        client.Started();
        client.SetHealth(true);
        await Wait.UntilAsync(() => first.Registered.Count + second.Registered.Count == 3, "it is registered with one of them");
        (JavaEurekaServer used, JavaEurekaServer other) = first.Registered.Count == 2 ? (first, second) : (second, first);
        await Wait.UntilAsync(() => client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        await used.StopAsync();
        await Has(other, "ORDERS/me UP");
        Assert.True(client.TryChoose("stock", out _));
        await client.StopAsync();
        Assert.Equal(["STOCK/s-1 UP"], other.Registered);
    }

    [Fact]
    public async Task An_empty_answer_does_not_wipe_the_callers_view()
    {
        await using var java = JavaEurekaServer.Started();
        java.Register(JavaBodies.Instance("STOCK", "s-1").ToJsonString());
        await using RollcallClient client = ClientOf(java);
        await UpAsync(client, java);
        await Wait.UntilAsync(() => client.Catalogue.Find("stock") is not null, "the catalogue knows the stock");
        await java.RestartAsync();
        await Has(java, "ORDERS/me UP"); // so the client has been back
        java.Register(JavaBodies.Instance("NEWS", "n-1").ToJsonString());
        await Wait.UntilAsync(() => client.Catalogue.Find("news") is not null, "what is there now is in the catalogue");
        Assert.True(client.TryChoose("stock", out _));

        // A cancel is a word: that one is gone.
        java.Do("Cancel", "NEWS", "n-1");
        await Wait.UntilAsync(() => !client.TryChoose("news", out _), "what was cancelled is gone");
    }

    [Fact]
    public async Task A_hash_that_never_fits_costs_full_reads_and_nothing_else()
    {
        await using var java = JavaEurekaServer.Started(new JavaQuirks { DeltaHash = "UP_99_" });
        await using RollcallClient client = ClientOf(java);
        await UpAsync(client, java);
        java.Register(JavaBodies.Instance("STOCK", "s-1").ToJsonString());
        await Wait.UntilAsync(() => client.TryChoose("stock", out _), "a change is seen all the same");
        java.Do("Cancel", "STOCK", "s-1");
        await Wait.UntilAsync(() => !client.TryChoose("stock", out _), "and a cancel");
    }

    private static RollcallClient ClientOf(params JavaEurekaServer[] servers) =>
        new(
            new ClientOptions
            {
                RetryFirst = TimeSpan.FromMilliseconds(50),
                RetryMax = TimeSpan.FromMilliseconds(400),
                DrainLimit = TimeSpan.FromMilliseconds(300),
                CancelLimit = TimeSpan.FromSeconds(30),
                ChangeInterval = TimeSpan.FromMilliseconds(10),
                TryLimit = TimeSpan.FromSeconds(30),
            },
            [.. servers.Select(ServerOf)]
        );

    private static RegistryServer ServerOf(JavaEurekaServer java)
    {
        var options = new EurekaLinkOptions { PollInterval = TimeSpan.FromMilliseconds(50) };
        return new RegistryServer(java.Address.ToString(), async stop => await EurekaLink.ConnectAsync(java.Address, options, stop));
    }

    private static async Task UpAsync(RollcallClient client, JavaEurekaServer java)
    {
        await client.StartAsync();
        await client.RegisterAsync(s_self);
        client.Started();
        client.SetHealth(true);
        await Has(java, "ORDERS/me UP");
    }

    private static int Renewals(JavaEurekaServer java) => java.Requests.Count(request => request.Method == "PUT" && request.Status == 200);

    private static Task Has(JavaEurekaServer java, string expected) =>
        Wait.UntilAsync(() => java.Registered.Contains(expected), $"the server has {expected}");
}
