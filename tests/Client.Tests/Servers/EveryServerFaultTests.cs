using Rollcall.Core.Seams;

namespace Rollcall.Client.Tests.Servers;

/// <summary>Three servers; every fault of one of them and of two of them, from the start and in the middle, must not be seen.</summary>
public sealed class EveryServerFaultTests
{
    private const int ServerCount = 3;

    // Which server is asked first is drawn: with several seeds each fault meets each place in the order.
    private static readonly ulong[] s_seeds = [1, 2, 3];

    private static readonly ServerFault[] s_faults = [.. Enum.GetValues<ServerFault>().Where(fault => fault != ServerFault.None)];

    public static TheoryData<string, ulong> Single => Cases(Faults(1));

    public static TheoryData<string, ulong> Double => Cases(Faults(2));

    [Theory]
    [MemberData(nameof(Single))]
    [MemberData(nameof(Double))]
    public async Task A_call_is_answered_by_a_server_without_fault_in_at_most_three_tries(string faults, ulong seed)
    {
        await using var bench = new ServerBench(ServerCount, seed);
        Spoil(bench, faults);
        FaultyServer answered = await bench.CallAsync();
        Assert.Equal(ServerFault.None, answered.Fault);
        Assert.All(bench.Servers, server => Assert.InRange(server.Dials, 0, 1));

        int before = bench.Contacts;
        for (int call = 0; call < 5; call++)
        {
            Assert.Same(answered, await bench.CallAsync());
        }

        Assert.Equal(before + 5, bench.Contacts); // nobody asks the dead again
    }

    [Theory]
    [MemberData(nameof(Single))]
    [MemberData(nameof(Double))]
    public async Task A_fault_in_the_middle_is_not_seen_and_servers_that_recover_are_used_again(string faults, ulong seed)
    {
        await using var bench = new ServerBench(ServerCount, seed);
        await bench.CallAsync();
        Spoil(bench, faults);
        for (int call = 0; call < 3; call++)
        {
            Assert.Equal(ServerFault.None, (await bench.CallAsync()).Fault);
        }

        foreach (FaultyServer server in bench.Servers)
        {
            server.Fault = server.Fault == ServerFault.None ? ServerFault.RefusesDials : ServerFault.None;
        }

        Assert.Equal(ServerFault.None, (await bench.CallAsync()).Fault); // the one that was good is now the bad one
    }

    [Fact]
    public void The_faults_are_all_that_there_can_be()
    {
        int faults = s_faults.Length;
        Assert.Equal(8, faults);
        Assert.Equal(ServerCount * faults, Faults(1).Count());
        Assert.Equal(ServerCount * faults * faults, Faults(2).Count());
    }

    [Fact]
    public async Task If_all_servers_are_down_the_call_says_so_after_three_tries_and_the_next_one_tries_anew()
    {
        await using var bench = new ServerBench(ServerCount, 1);
        Spoil(bench, "RefusesDials RefusesDials RefusesDials");
        LinkException problem = await Assert.ThrowsAsync<LinkException>(() => bench.CallAsync());
        Assert.Equal(LinkFailure.Unreachable, problem.Failure);
        Assert.All(bench.Servers, server => Assert.Equal(1, server.Dials));
        bench.Servers[1].Fault = ServerFault.None;
        Assert.Same(bench.Servers[1], await bench.CallAsync());
    }

    [Fact]
    public async Task Never_more_than_three_are_tried_however_many_there_are()
    {
        await using var bench = new ServerBench(10, 1);
        Spoil(bench, string.Join(' ', Enumerable.Repeat("RefusesDials", 10)));
        for (int call = 1; call <= 5; call++)
        {
            await Assert.ThrowsAsync<LinkException>(() => bench.CallAsync());
            Assert.Equal(3 * call, bench.Contacts);
        }
    }

    /// <summary>All ways in which so many of the servers have a fault each.</summary>
    private static IEnumerable<ServerFault[]> Faults(int count)
    {
        IEnumerable<ServerFault[]> all = [[]];
        for (int server = 0; server < ServerCount; server++)
        {
            all = all.SelectMany(before => s_faults.Prepend(ServerFault.None).Select(fault => (ServerFault[])[.. before, fault]));
        }

        return all.Where(faults => faults.Count(fault => fault != ServerFault.None) == count);
    }

    private static TheoryData<string, ulong> Cases(IEnumerable<ServerFault[]> faults)
    {
        var cases = new TheoryData<string, ulong>();
        foreach (ServerFault[] each in faults)
        {
            foreach (ulong seed in s_seeds)
            {
                cases.Add(string.Join(' ', each), seed);
            }
        }

        return cases;
    }

    private static void Spoil(ServerBench bench, string faults)
    {
        foreach ((FaultyServer server, string fault) in bench.Servers.Zip(faults.Split(' ')))
        {
            server.Fault = Enum.Parse<ServerFault>(fault);
        }
    }
}
