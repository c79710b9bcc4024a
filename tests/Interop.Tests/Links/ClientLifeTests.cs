using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Links;

/// <summary>A real application and real servers: started too early, restarted, killed; and a clean stop.</summary>
public sealed class ClientLifeTests(ITestOutputHelper output)
{
    // A stop takes some milliseconds and is limited to 5 s; the rest is for a machine that pauses. What it took is printed.
    internal static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public Task It_starts_before_the_registry_lives_through_its_restart_and_leaves_in_time(string scheme) => LiveAsync(output, scheme);

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public Task With_three_servers_it_goes_on_while_two_are_killed(string scheme) => FailOverAsync(output, scheme);

    internal static async Task FailOverAsync(ITestOutputHelper output, string scheme, params string[] arguments)
    {
        await using ServerProcess first = await ServerProcess.StartAsync(arguments);
        await using ServerProcess second = await ServerProcess.StartAsync(arguments);
        await using ServerProcess third = await ServerProcess.StartAsync(arguments);
        await using ClientLife life = new(scheme, first, second, third);
        await life.StartAsync();
        List<ServerProcess> living = [first, second, third];
        await life.IsUpAsync([.. living]);
        for (int killed = 0; killed < 2; killed++)
        {
            ServerProcess used = life.Used;
            await used.KillAsync();
            living.Remove(used);
            await life.IsUpAsync([.. living]);
            await life.KnowsAsync("orders", 1);
        }

        await StopAsync(output, life, scheme);
        Assert.Null(await life.FindAsync(living[0]));
    }

    internal static async Task LiveAsync(ITestOutputHelper output, string scheme, params string[] arguments)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(arguments);
        await using ClientLife life = new(scheme, server);
        await server.KillAsync();
        await life.StartAsync(); // nobody there: the application does not mind
        Assert.Null(life.Client.RegisteredStatus);

        await server.RestartAsync();
        await life.IsUpAsync(server);
        await using (IRegistryLink owner = await Dial.OpenAsync(server, scheme))
        {
            Registration stock = new() { Service = "stock", Id = "s-1", HostName = "s", Address = "10.0.0.1", Port = 80, PortEnabled = true };
            Assert.Null((await owner.RegisterAsync(stock)).Error);
        }

        await life.KnowsAsync("stock", 1);

        await server.KillAsync();
        await server.RestartAsync();
        await life.IsUpAsync(server);
        Assert.True(life.Client.TryChoose("stock", out _), "the restarted registry does not know the stock yet: it must not be forgotten");

        await StopAsync(output, life, scheme);
        Assert.Null(await life.FindAsync(server));
    }

    private static async Task StopAsync(ITestOutputHelper output, ClientLife life, string scheme)
    {
        TimeSpan took = await life.StopAsync();
        output.WriteLine($"{scheme}: stopped in {took.TotalMilliseconds:0} ms");
        Assert.InRange(took, TimeSpan.Zero, StopLimit);
    }
}

/// <summary>The same over QUIC, where the machine can speak it.</summary>
public sealed class ClientLifeOverQuicTests(ITestOutputHelper output)
{
    [QuicFact]
    public Task It_starts_before_the_registry_lives_through_its_restart_and_leaves_in_time() =>
        ClientLifeTests.LiveAsync(output, "quic", "--quic", "127.0.0.1:0");

    [LongQuicFact]
    public Task With_three_servers_it_goes_on_while_two_are_killed() => ClientLifeTests.FailOverAsync(output, "quic", "--quic", "127.0.0.1:0");
}
