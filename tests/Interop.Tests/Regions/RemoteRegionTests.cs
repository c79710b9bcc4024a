using System.Text.Json;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Regions;

/// <summary>Two servers in two regions: one keeps a copy of what it is allowed to see of the other, through its death and return.</summary>
public sealed class RemoteRegionTests
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task A_copy_of_a_region_is_kept_beside_the_registry_and_outlives_the_region(string scheme)
    {
        await using ServerProcess us = await ServerProcess.StartAsync("--region", "us", "--tcp", $"127.0.0.1:{QuietPort.Next()}", "--http", $"http://127.0.0.1:{QuietPort.Next()}");
        await using ServerProcess eu = await ServerProcess.StartAsync(
            "--region",
            "eu",
            "--zone",
            "eu-a",
            "--remote-region",
            $"US={us.AddressOf(scheme).OriginalString}",
            "--Rollcall:RemoteRegions:us:Services",
            "orders,billing"
        );
        using var http = new HttpClient { BaseAddress = eu.BaseUrl, Timeout = Wait.Deadline };
        await using IRegistryLink here = await Dial.OpenAsync(eu, "tcp");
        await RegisterAsync(here, "orders", "eu-1");
        await using (IRegistryLink there = await Dial.OpenAsync(us, "tcp"))
        {
            await RegisterAsync(there, "orders", "us-1");
            await RegisterAsync(there, "billing", "us-2");
            await RegisterAsync(there, "payroll", "us-3"); // not allowed
        }

        await HoldsAsync(http, "BILLING/us-2 ORDERS/eu-1 ORDERS/us-1");
        Assert.Equal(["eu-1"], (await here.ReadAsync(InstanceFilter.All)).Instances.Select(instance => instance.Id)); // never mixed in
        Assert.Contains("us-2", await http.GetStringAsync(new Uri("eureka/apps/billing", UriKind.Relative)), StringComparison.Ordinal);

        await us.KillAsync();
        await Wait.UntilAsync(
            async () => (await RegionAsync(http)).TryGetProperty("problem", out _),
            () => "the region is said to be away"
        );
        TimeSpan age = Age(await RegionAsync(http));
        await Wait.UntilAsync(async () => Age(await RegionAsync(http)) > age, () => $"an age above {age}");
        await HoldsAsync(http, "BILLING/us-2 ORDERS/eu-1 ORDERS/us-1");

        await us.RestartAsync(); // with nothing
        await HoldsAsync(http, "ORDERS/eu-1");
        await using (IRegistryLink there = await Dial.OpenAsync(us, "tcp"))
        {
            await RegisterAsync(there, "orders", "us-9");
        }

        await HoldsAsync(http, "ORDERS/eu-1 ORDERS/us-9");
        Assert.Contains("Region us: following", eu.Errors, StringComparison.Ordinal);
        Assert.Contains("Region us: nobody there can be followed", eu.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us", "must be NAME=URL")]
    [InlineData("us=", "must be NAME=URL")]
    [InlineData("u s=tcp://127.0.0.1:1", "the name of a region must be")]
    [InlineData("eu=tcp://127.0.0.1:1", "is the region of this node")]
    [InlineData("us=ftp://127.0.0.1:1", "must be at least one of tcp://")]
    [InlineData("us=tcp://127.0.0.1", "must be at least one of tcp://")]
    [InlineData("us=tcp://name:secret1@127.0.0.1:1", "must be at least one of tcp://")]
    public async Task A_region_that_cannot_be_stops_the_start(string region, string problem)
    {
        (int exitCode, string errors) = await Configured.RefuseAsync("--region", "eu", "--remote-region", region);
        Assert.Equal(2, exitCode);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", errors, StringComparison.Ordinal);
    }

    private static async Task RegisterAsync(IRegistryLink link, string service, string id) =>
        Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of(service, id) with { LeaseDuration = TimeSpan.FromMinutes(10) })).Error);

    /// <summary>Waits until a read over both regions holds exactly these.</summary>
    private static Task HoldsAsync(HttpClient http, string expected)
    {
        string last = "";
        return Wait.UntilAsync(
            async () =>
            {
                using HttpRequestMessage request = new(HttpMethod.Get, "eureka/apps?regions=us");
                request.Headers.Accept.ParseAdd("application/json");
                using HttpResponseMessage response = await http.SendAsync(request);
                last = response.IsSuccessStatusCode ? Names(await response.Content.ReadAsStringAsync()) : $"{(int)response.StatusCode}";
                return last == expected;
            },
            () => $"{expected}; there was {last}"
        );
    }

    private static string Names(string json)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join(
            ' ',
            document
                .RootElement.GetProperty("applications")
                .GetProperty("application")
                .EnumerateArray()
                .SelectMany(app => app.GetProperty("instance").EnumerateArray())
                .Select(one => $"{one.GetProperty("app").GetString()}/{one.GetProperty("instanceId").GetString()}")
        );
    }

    private static async Task<JsonElement> RegionAsync(HttpClient http)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("v1/regions", UriKind.Relative)));
        return document.RootElement.GetProperty("remote")[0].Clone();
    }

    private static TimeSpan Age(JsonElement region) => TimeSpan.FromMilliseconds(region.GetProperty("ageMs").GetInt64());
}
