using Microsoft.Extensions.Configuration;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Servers;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using static Rollcall.Client.Tests.AspNetCore.Configuration.SettingsBench;

namespace Rollcall.Client.Tests.AspNetCore.Configuration;

/// <summary>The configuration of an application that used Steeltoe's or Spring's client before.</summary>
public sealed class EurekaImportTests
{
    [Fact]
    public void Steeltoes_keys_are_taken_over_and_what_is_ignored_is_named_with_its_reason()
    {
        RollcallClientSettings settings = Import(
            ("spring:application:name", "unused"),
            ("eureka:client:serviceUrl", "http://registry-1:8761/eureka/,http://registry-2:8761/eureka/"),
            ("eureka:client:eurekaServer:retryCount", "2"),
            ("eureka:client:registryFetchIntervalSeconds", "5"),
            ("eureka:client:validateCertificates", "false"),
            ("eureka:instance:appName", "orders"),
            ("eureka:instance:port", "8080"),
            ("eureka:instance:leaseExpirationDurationInSeconds", "45"),
            ("eureka:instance:metadataMap:zone", "eu-1"),
            ("eureka:instance:dance", "yes")
        );
        Assert.Equal(["http://registry-1:8761", "http://registry-2:8761"], settings.AllServers([]).Select(server => server.Name));
        Assert.Equal((2, "eu-1"), (settings.Client.TriesPerCall, settings.Client.Zone));
        Assert.Equal(("orders", 8080, TimeSpan.FromSeconds(45)), (settings.Self!.Service, settings.Self.Port, settings.Self.LeaseDuration));
        Assert.Equal(
            "Eureka: taken over client:eurekaServer:retryCount as TriesPerCall, client:serviceUrl as Servers, instance:appName as Self:Service, "
                + "instance:leaseExpirationDurationInSeconds as Self:LeaseDuration, instance:metadataMap:zone as Self:Metadata, instance:port as Self:Port; "
                + "ignored client:registryFetchIntervalSeconds (changes are pushed), client:validateCertificates (certificates are always checked), "
                + "instance:dance (unknown).",
            settings.ImportNote
        );
    }

    [Fact]
    public void Springs_keys_with_dashes_zones_and_the_applications_name_are_taken_over()
    {
        RollcallClientSettings settings = Import(
            ("spring:application:name", "orders"),
            ("eureka:client:region", "eu"),
            ("eureka:client:availability-zones:eu", "eu-2,eu-1"),
            ("eureka:client:service-url:eu-2", "http://registry-2:8761/eureka"),
            ("eureka:client:service-url:defaultZone", "https://registry-1/eureka"),
            ("eureka:client:registry-refresh-single-vip-address", "shop"),
            ("eureka:instance:lease-renewal-interval-in-seconds", "10"),
            ("eureka:instance:prefer-ip-address", "true")
        );
        Assert.Equal(("eu", "eu-2"), (settings.Client.Region, settings.Client.Zone));
        Assert.Equal(InstanceFilter.Vips(false, "shop"), settings.Client.Follow);
        Assert.Equal(("orders", TimeSpan.FromSeconds(10)), (settings.Self!.Service, settings.Self.RenewalInterval));
        Assert.Equal(
            [("https://registry-1", null), ("http://registry-2:8761", "eu-2")],
            settings.AllServers([]).Select(server => (server.Name.Replace(":443", "", StringComparison.Ordinal), server.Zone))
        );
        Assert.Contains("spring:application:name as Self:Service", settings.ImportNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_asked_for_what_Rollcall_speaks_first_and_then_for_what_Java_does_with_the_URLs_credentials()
    {
        RollcallClientSettings settings = Import(("eureka:client:serviceUrl", "http://shop:hunter%202@import-test:8761/eureka/"));
        RegistryServer server = Assert.Single(settings.AllServers([]));
        Assert.DoesNotContain("hunter", server.Name + settings.ImportNote, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LinkException>(async () => await server.Dial(CancellationToken.None));
        Assert.Equal(
            [("http://import-test:8761/", "hunter 2"), ("eureka+http://import-test:8761/eureka/", "hunter 2")],
            Dialled.Where(dialled => dialled.Address.Host == "import-test").Select(dialled => (dialled.Address.OriginalString, dialled.Credential!.Token))
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_said_elsewhere_counts_more_before_and_after(bool importFirst)
    {
        IConfigurationRoot configuration = Pairs(
            ("eureka:client:serviceUrl", "http://imported:8761/eureka/"),
            ("eureka:client:region", "imported"),
            ("eureka:instance:appName", "imported"),
            ("eureka:instance:port", "7"),
            ("Rollcall:Client:Servers", "tcp://own:8762"),
            ("Rollcall:Client:Region", "own"),
            ("Rollcall:Client:Self:Service", "own")
        );
        (RollcallClientSettings? settings, string[] problems) = SettingsBench.Read(services =>
        {
            RollcallClientBuilder client = services.AddRollcallClient().AddLink("tcp", DialAsync);
            if (importFirst)
            {
                client.ImportEureka(configuration);
            }

            services.AddRollcallClient(configuration.GetSection("Rollcall:Client"));
            if (!importFirst)
            {
                client.ImportEureka(configuration);
            }
        });
        Assert.Empty(problems);
        Assert.Equal(("own", "own", 7), (settings!.Client.Region, settings.Self!.Service, settings.Self.Port));
        Assert.Equal("tcp://own:8762", Assert.Single(settings.AllServers([])).Name);
    }

    [Fact]
    public void Problems_name_the_imported_key_and_no_secret()
    {
        string[] problems = Problems(
            ("eureka:client:serviceUrl", "shop:hunter2@registry"),
            ("eureka:instance:leaseRenewalIntervalInSeconds", "soon"),
            ("eureka:instance:appName", "orders")
        );
        Assert.Equal(
            [
                "eureka:client:serviceUrl: must be URLs of Eureka's servers with commas between: http://HOST:8761/eureka/.",
                "eureka:instance:leaseRenewalIntervalInSeconds = soon: must be a whole number of seconds.",
            ],
            problems
        );
    }

    [Theory]
    [InlineData("eureka:client:shouldRegisterWithEureka")]
    [InlineData("eureka:client:register-with-eureka")]
    public void Who_is_told_not_to_register_does_not(string key)
    {
        RollcallClientSettings settings = Import(
            (key, "false"),
            ("eureka:client:serviceUrl", "http://registry:8761/eureka/"),
            ("eureka:instance:appName", "orders")
        );
        Assert.Null(settings.Self);
    }

    [Fact]
    public void Disabled_by_its_old_name_it_checks_nothing()
    {
        RollcallClientSettings settings = Import(("eureka:client:enabled", "false"), ("eureka:client:serviceUrl", "nonsense"));
        Assert.False(settings.Client.Enabled);
    }

    private static RollcallClientSettings Import(params (string Key, string Value)[] pairs)
    {
        (RollcallClientSettings? settings, string[] problems) = ReadImported(pairs);
        Assert.Empty(problems);
        return settings!;
    }

    private static string[] Problems(params (string Key, string Value)[] pairs) => ReadImported(pairs).Problems;

    private static (RollcallClientSettings? Settings, string[] Problems) ReadImported((string Key, string Value)[] pairs) =>
        SettingsBench.Read(services =>
            services
                .AddRollcallClient()
                .AddLink("http", DialAsync)
                .AddLink("https", DialAsync)
                .AddLink("eureka+http", DialAsync)
                .ImportEureka(Pairs(pairs))
        );
}
