using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Replication;
using Rollcall.Hosting;
using Rollcall.Hosting.Clustering;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.HttpServer.Upgrading;
using Rollcall.Transports.Tcp;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>Applications that make a cluster of the registries that they host, by dependency injection.</summary>
public sealed class AddClusterTests
{
    private const string Token = "a-token-of-a-peer-0123456789";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_hosts_come_to_hold_the_same_and_one_goes_on_without_the_other()
    {
        using IHost first = await StartAsync();
        using IHost second = await StartAsync($"--Rollcall:Cluster:Peers={AddressOf(first)}");
        await UntilAsync(() => RegistryOf(second).Warming is null, "the second has copied from the first");
        Register(first, "of-first");
        Register(second, "of-second");
        await HoldsAsync(first, "of-first", "of-second");
        await HoldsAsync(second, "of-first", "of-second");

        // What was accepted last is at the other before the host has stopped.
        Register(second, "last");
        await second.StopAsync().WaitAsync(s_deadline);
        await HoldsAsync(first, "last", "of-first", "of-second");
        await UntilAsync(() => PeersOf(first).Count == 0, "the first knows that its peer is gone");
        Register(first, "alone");

        // It comes back knowing nothing, and reads are refused until it knows all.
        using IHost again = await StartAsync($"--Rollcall:Cluster:Peers={AddressOf(first)}");
        await UntilAsync(() => RegistryOf(again).Warming is null, "it has copied from the first");
        Assert.Equal(["alone", "last", "of-first", "of-second"], Ids(again));
        await first.StopAsync().WaitAsync(s_deadline);
        await again.StopAsync().WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Settings_may_come_from_code_and_peers_by_HTTP_with_a_token()
    {
        var policy = new AccessPolicy(Credential.Token(new Principal("edge", AccessRoles.Peer), Encoding.UTF8.GetBytes(Token)));
        using IHost first = await StartAsync(services =>
            services
                .AddRollcall()
                .AddTransport(new HttpServerTransport(new HttpServerOptions { Url = "http://127.0.0.1:0" }, access: policy))
                .AddCluster(new ClusterOptions { ClusterId = "code" })
        );
        using IHost second = await StartAsync(services =>
            services
                .AddRollcall()
                .AddPeers("http", HttpPeer.At)
                .AddCluster(Section(("ClusterId", "code"), ("Token", Token), ("Peers:0", AddressOf(first))))
        );
        Register(first, "1");
        await HoldsAsync(second, "1");
        Register(second, "2");
        await HoldsAsync(first, "1", "2");

        // Peers may change while it runs.
        second.Services.GetRequiredService<ClusterHost>().SetPeers([]);
        await UntilAsync(() => PeersOf(first).Count == 0, "the link has ended");
        await second.StopAsync().WaitAsync(s_deadline);
        await first.StopAsync().WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_and_nothing_secret_with_it()
    {
        IConfigurationSection section = Section(
            ("ClusterId", ""),
            ("WarmUpMax", "soon"),
            ("Tokne", Token),
            ("Peers:0", "tcp://10.0.0.2:8762"),
            ("Peers:1", "quic://10.0.0.2:8762"),
            ("Peers:2", "tcp://10.0.0.3"),
            ("Peers:3", $"tcp://edge:{Token}@/")
        );
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall(new RegistryOptions { VipsMax = 0 }).AddPeers("tcp", TcpPeer.At).AddCluster(section);
        using IHost host = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(7, exception.Failures.Count());
        Assert.Contains("Cluster:ClusterId = 0: must be 1..256 characters.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Cluster:WarmUpMax = soon: must be a duration", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean Cluster:Token?", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Cluster:Peers = quic://10.0.0.2:8762: is no address of a peer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Cluster:Peers = tcp://10.0.0.3: is no address of a peer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AddPeers(SCHEME, …) adds; added: tcp.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("RegistryOptions.VipsMax", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_that_says_nothing_is_a_cluster_of_the_default_name_and_serves_reads_at_once()
    {
        using IHost host = await StartAsync();
        Assert.Equal(ClusterOptionKeys.Defaults, RegistryOf(host).Options.Cluster);
        Assert.Null(RegistryOf(host).Warming);
        await host.StopAsync().WaitAsync(s_deadline);
    }

    /// <summary>The lines of the README, with what a program is told on its command line.</summary>
    private static async Task<IHost> StartAsync(params string[] args)
    {
        // readme:begin
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder
            .Services.AddRollcall()
            .AddTransport(new TcpServerTransport(new TcpServerOptions { Address = builder.Configuration["Listen"] ?? "127.0.0.1:0" }))
            .AddPeers("tcp", TcpPeer.At)
            .AddCluster(builder.Configuration.GetSection("Rollcall:Cluster"));
        IHost host = builder.Build();
        await host.StartAsync();
        // readme:end
        return host;
    }

    private static async Task<IHost> StartAsync(Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        add(builder.Services);
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static RegistryService RegistryOf(IHost host) => host.Services.GetRequiredService<RegistryService>();

    private static string AddressOf(IHost host) => Assert.Single(host.Services.GetRequiredService<RegistryRunner>().Addresses);

    private static IReadOnlyList<PeerReport> PeersOf(IHost host) => RegistryOf(host).Cluster!.Report(RegistryOf(host).Now);

    private static IEnumerable<string> Ids(IHost host) => RegistryOf(host).ReadSnapshot().Instances().Select(instance => instance.Id).Order();

    private static void Register(IHost host, string id) =>
        Assert.Null(RegistryOf(host).Register(RegistrationBuilder.Of("orders", id), RegistryOf(host).Now).Error);

    private static Task HoldsAsync(IHost host, params string[] ids) =>
        UntilAsync(() => Ids(host).SequenceEqual(ids), $"{string.Join(", ", ids)}; there: {string.Join(", ", Ids(host))}");

    private static async Task UntilAsync(Func<bool> holds, string expected)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        while (!holds())
        {
            Assert.False(deadline.IsCancellationRequested, $"Not seen within {s_deadline.TotalSeconds} s: {expected}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Cluster:{entry.Key}", (string?)entry.Value)))
            .Build()
            .GetSection("Cluster");
}
