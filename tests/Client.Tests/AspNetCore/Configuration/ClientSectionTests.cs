using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.AspNetCore.Configuration;
using Rollcall.Client.Choosing;
using Rollcall.Client.Servers;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Seams;
using static Rollcall.Client.Tests.AspNetCore.Configuration.SettingsBench;

namespace Rollcall.Client.Tests.AspNetCore.Configuration;

/// <summary>A client from its section: every key, every mistake.</summary>
public sealed class ClientSectionTests
{
    [Fact]
    public void A_section_says_all_that_code_can_say()
    {
        (RollcallClientSettings? settings, string[] problems) = Read(
            ("FailFast", "true"),
            ("Zone", "eu-1"),
            ("Policy", "weighted"),
            ("Follow", "billing, stock"),
            ("DrainLimit", "2s"),
            ("Servers:0", "tcp://registry-1:8762"),
            ("Servers:1:Address:0", "tcp://registry-2:8762"),
            ("Servers:1:Address:1", "http://registry-2:8761"),
            ("Servers:1:Zone", "eu-2"),
            ("Self:Service", "orders"),
            ("Self:Port", "443"),
            ("Self:Weight", "7"),
            ("Self:LeaseDuration", "30s"),
            ("Self:Metadata:colour", "green")
        );
        Assert.Empty(problems);
        ClientOptions client = settings!.Client;
        Assert.Equal((true, "eu-1", ChoicePolicy.Weighted, TimeSpan.FromSeconds(2)), (client.FailFast, client.Zone, client.Policy, client.DrainLimit));
        Assert.Equal(["BILLING", "STOCK"], client.Follow.Names.ToArray());
        IReadOnlyList<RegistryServer> servers = settings.AllServers([]);
        Assert.Equal([("tcp://registry-1:8762", null), ("tcp://registry-2:8762", "eu-2")], servers.Select(server => (server.Name, server.Zone)));
        SelfOptions self = settings.Self!;
        Assert.Equal(("orders", 443, 7, TimeSpan.FromSeconds(30)), (self.Service, self.Port, self.Weight, self.LeaseDuration));
        Assert.Equal([KeyValuePair.Create("colour", "green")], self.Metadata);
    }

    [Fact]
    public void All_problems_come_at_once_with_full_key_range_and_nearest_key()
    {
        (_, string[] problems) = Read(
            ("TriesPerCal", "2"),
            ("TriesPerCall", "0"),
            ("TryLimit", "3"),
            ("Policy", "fastest"),
            ("Servers:0", "registry-1"),
            ("Servers:1", "gopher://registry-1"),
            ("Servers:2:Adress", "tcp://registry-1:1"),
            ("Self:Port", "70000"),
            ("Self:Servcie", "orders")
        );
        Assert.Equal(
            [
                "Rollcall:Client:Policy = fastest: must be a name, RoundRobin, Random, Weighted, LeastPending.",
                                "Rollcall:Client:Self:Port = 70000: must be 1..65535, or absent.",
                "Rollcall:Client:Self:Servcie: there is no such option. Did you mean Rollcall:Client:Self:Service?",
                "Rollcall:Client:Self:Service = : must be a name.",
                "Rollcall:Client:Servers:0 = registry-1: must be the address of a registry's node: tcp://HOST:PORT, http://HOST:PORT.",
                "Rollcall:Client:Servers:1 = gopher://registry-1: no links of gopher are added to the client: AddLink(\"gopher\", …); added: http, tcp.",
                "Rollcall:Client:Servers:2:Address: must be at least one address: tcp://HOST:PORT.",
                "Rollcall:Client:Servers:2:Adress: there is no such option. Did you mean Rollcall:Client:Servers:2:Address?",
                "Rollcall:Client:TriesPerCal: there is no such option. Did you mean Rollcall:Client:TriesPerCall?",
                "Rollcall:Client:TriesPerCall = 0: must be 1..10 servers.",
                "Rollcall:Client:TryLimit = 3: must be a duration, written 90s or 00:01:30 (ms, s, m, h, d), 10ms..5m.",
            ],
            problems.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Nothing_secret_is_in_a_problem()
    {
        const string secret = "hunter2-hunter2-hunter2";
        (_, string[] problems) = Read(
            ("Tokne", secret),
            ("Servers:0", $"tcp://shop:{secret}@registry-1:8762"),
            ("Servers:1", $"shop:{secret}@registry-1"),
            ("Servers:2", $"gopher://shop:{secret}@registry-1")
        );
        Assert.Equal(4, problems.Length);
        Assert.DoesNotContain(secret, string.Join('\n', problems), StringComparison.Ordinal);
        Assert.Contains("Did you mean Rollcall:Client:Token?", string.Join('\n', problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_shown_to_the_servers_and_nowhere_else()
    {
        (RollcallClientSettings? settings, _) = Read(("Servers", "tcp://with-token-1:1, http://with-token-2:2"), ("Token", "hunter2"), ("User", "shop"));
        foreach (RegistryServer server in settings!.AllServers([]))
        {
            await Assert.ThrowsAsync<LinkException>(async () => await server.Dial(CancellationToken.None));
            Assert.Contains(Dialled, dialled => server.Name.EndsWith(dialled.Address.Authority, StringComparison.Ordinal) && dialled.Credential == new LinkCredential("shop", "hunter2"));
        }

        Assert.DoesNotContain("hunter2", new LinkCredential("shop", "hunter2").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Servers:0")]
    [InlineData("Servers:0:Address:0", "Servers:0:Address:1")]
    public async Task Which_servers_are_believed_is_what_code_says(params string[] keys)
    {
        (RollcallClientSettings? settings, string[] problems) = Read([.. keys.Select((key, i) => (key, $"tcp://trust-test-{keys.Length}-{i}:1"))]);
        Assert.Empty(problems);
        settings!.Trust = new TlsTrust { Fingerprint = "00" };
        await Assert.ThrowsAsync<LinkException>(async () => await Assert.Single(settings.AllServers([])).Dial(CancellationToken.None));
        Assert.Equal(
            keys.Select(_ => settings.Trust),
            Dialled.Where(dialled => dialled.Address.Host.StartsWith($"trust-test-{keys.Length}-", StringComparison.Ordinal)).Select(dialled => dialled.Trust)
        );
    }

    [Fact]
    public void Disabled_nothing_is_checked()
    {
        (RollcallClientSettings? settings, string[] problems) = Read(("Enabled", "off"), ("TriesPerCall", "0"), ("Servers", "nonsense"), ("Self:Port", "-1"));
        Assert.Empty(problems);
        Assert.False(settings!.Client.Enabled);
    }

    [Fact]
    public void Settings_of_code_and_section_count_in_the_order_of_the_calls_and_each_problem_is_said_once()
    {
        IConfigurationSection section = Pairs(("C:TriesPerCall", "0"), ("C:Zone", "a"), ("C:Servers", "tcp://one:1")).GetSection("C");
        (_, string[] problems) = SettingsBench.Read(services =>
            services.AddRollcallClient(section).AddLink("tcp", DialAsync).Configure(settings => settings.Client = settings.Client with { ChangeBurst = 0 })
        );
        Assert.Equal(["C:TriesPerCall = 0: must be 1..10 servers.", "ClientOptions.ChangeBurst = 0 is outside 1..1000 changes"], problems);

        (RollcallClientSettings? settings, _) = SettingsBench.Read(services =>
            services
                .AddRollcallClient(new ClientOptions { Zone = "b", Region = "r", TriesPerCall = 2 })
                .Services.AddRollcallClient(Pairs(("C:Zone", "a"), ("C:Servers", "tcp://one:1")).GetSection("C"))
                .AddLink("tcp", DialAsync)
        );
        Assert.Equal(("a", "r", 2), (settings!.Client.Zone, settings.Client.Region, settings.Client.TriesPerCall));
    }

    [Fact]
    public void One_server_named_twice_is_refused()
    {
        (_, string[] problems) = Read(("Servers", "tcp://one:1,tcp://one:1"));
        Assert.Equal(["Servers: tcp://one:1 is there 2 times"], problems);
    }

    [Fact]
    public void Every_option_has_a_key_reads_back_as_itself_and_every_range_is_of_an_option()
    {
        AssertComplete(ClientOptionKeys.Client, new ClientOptions(), ClientOptions.Rules.Select(rule => rule.Name));
        AssertComplete(ClientOptionKeys.Self, new SelfOptions { Service = "orders" }, SelfOptions.Rules.Select(rule => rule.Name), nameof(SelfOptions.Metadata));
    }

    private static void AssertComplete<TOptions>(OptionKeySet<TOptions> keys, TOptions defaults, IEnumerable<string> ruled, params string[] read)
        where TOptions : class
    {
        string[] properties =
        [
            .. typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Except(read),
        ];
        Assert.Equal(properties.Order(StringComparer.Ordinal), keys.Select(key => key.Name).Order(StringComparer.Ordinal));
        Assert.Empty(ruled.Except(properties));
        Assert.All(keys, key => Assert.Equal(defaults, key.With(defaults, key.Show(defaults))));
    }
}
