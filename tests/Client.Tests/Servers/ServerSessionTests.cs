using Rollcall.Core.Seams;

namespace Rollcall.Client.Tests.Servers;

/// <summary>Which server is asked, for how long, and what ends a session.</summary>
public sealed class ServerSessionTests
{
    [Fact]
    public async Task Servers_of_the_own_zone_are_asked_first_whatever_the_draw()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            await using var bench = new ServerBench(6, seed, new ClientOptions { Zone = "b" }, i => i % 2 == 0 ? "a" : "b");
            Assert.Equal("b", (await bench.CallAsync()).Server.Zone);
        }
    }

    [Fact]
    public async Task Clients_spread_evenly_over_the_servers()
    {
        int[] asked = new int[3];
        for (ulong seed = 0; seed < 300; seed++)
        {
            await using var bench = new ServerBench(3, seed);
            FaultyServer server = await bench.CallAsync();
            asked[bench.Servers.ToList().IndexOf(server)]++;
        }

        Assert.All(asked, count => Assert.InRange(count, 70, 130));
    }

    [Fact]
    public async Task A_session_is_renewed_so_that_load_spreads_again_and_the_old_link_goes_when_calls_on_it_are_over()
    {
        await using var bench = new ServerBench(3, 1);
        FaultyServer first = await bench.CallAsync();
        Assert.Same(first, await bench.CallAsync());
        HashSet<FaultyServer> used = [first];
        for (int session = 0; session < 20; session++)
        {
            int dials = bench.Servers.Sum(server => server.Dials);
            bench.Time.Pass(bench.Options.SessionLength * 1.5);
            used.Add(await bench.CallAsync());
            Assert.InRange(bench.Servers.Sum(server => server.Dials) - dials, 0, 3); // sessions last half the length or more
        }

        Assert.Equal(3, used.Count);
        bench.Time.Pass(bench.Options.TryLimit);
        string current = bench.Session.Current!.Server.Name;
        await Wait.UntilAsync(
            () => bench.Servers.All(server => server.IsLinkDisposed == (server.Server.Name != current)),
            "only the link in use is open"
        );
    }

    [Fact]
    public async Task A_renewal_that_finds_the_other_server_dead_keeps_the_one_in_use()
    {
        await using var bench = new ServerBench(2, 1);
        FaultyServer used = await bench.CallAsync();
        FaultyServer other = bench.Servers.Single(server => server != used);
        other.Fault = ServerFault.RefusesDials;
        for (int session = 0; session < 10; session++)
        {
            bench.Time.Pass(bench.Options.SessionLength * 1.5);
            Assert.Same(used, await bench.CallAsync());
        }

        Assert.InRange(other.Dials, 1, 10);
        Assert.Equal(1, used.Dials);
    }

    [Fact]
    public async Task A_link_that_breaks_by_itself_is_noticed_by_the_next_call()
    {
        await using var bench = new ServerBench(1, 1);
        FaultyServer only = await bench.CallAsync();
        only.LoseLink();
        Assert.Same(only, await bench.CallAsync());
        Assert.Equal((2, 2), (only.Dials, only.Calls));
    }

    [Fact]
    public async Task A_server_in_quarantine_is_left_alone_for_its_time()
    {
        await using var bench = new ServerBench(5, 7);
        FaultyServer bad = await bench.CallAsync();
        bad.Fault = ServerFault.RefusesDials;
        FaultyServer good = await bench.CallAsync();
        bad.Fault = ServerFault.None;
        for (int breaks = 0; breaks < 10; breaks++)
        {
            good.LoseLink(); // a server whose links break is set aside too, until most are
            bad.Fault = ServerFault.None;
            int before = bad.Dials;
            good = await bench.CallAsync();
            if (bad.Dials > before)
            {
                Assert.True(breaks > 0, "asked again although one of five had failed");
                return;
            }
        }

        Assert.Fail("a server that works again was never used again");
    }

    [Fact]
    public async Task What_a_server_refuses_is_an_answer_and_no_reason_to_leave_it()
    {
        await using var bench = new ServerBench(3, 1);
        LinkException refused = await Assert.ThrowsAsync<LinkException>(() =>
            bench.Session.CallAsync<int>("ping", (_, _) => throw new LinkException(LinkFailure.NotAllowed, "readers do not write"), default)
        );
        Assert.Equal("readers do not write", refused.Message);
        Assert.Equal(1, bench.Contacts);
        Assert.NotNull(bench.Session.Current);
    }

    [Fact]
    public async Task The_callers_token_ends_the_call_and_blames_nobody()
    {
        await using var bench = new ServerBench(1, 1);
        await bench.CallAsync();
        using var cancel = new CancellationTokenSource();
        Task<int> call = bench.Session.CallAsync("ping", async (_, token) => { await Task.Delay(-1, token); return 1; }, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(bench.Servers[0].IsLinkDisposed);
    }

    [Fact]
    public async Task Many_calls_at_once_dial_once()
    {
        await using var bench = new ServerBench(3, 1);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => bench.CallAsync())));
        Assert.Equal(1, bench.Servers.Sum(server => server.Dials));
    }

    [Fact]
    public async Task After_disposal_nothing_is_dialled_and_no_timer_is_left()
    {
        var bench = new ServerBench(3, 1);
        await bench.CallAsync();
        await bench.DisposeAsync();
        int before = bench.Contacts;
        LinkException over = await Assert.ThrowsAsync<LinkException>(() => bench.CallAsync());
        Assert.Equal(LinkFailure.Closed, over.Failure);
        Assert.Equal(before, bench.Contacts);
        await Wait.UntilAsync(() => bench.Time.PendingCount == 0, "no timer is left");
        Assert.True(bench.Servers.Where(server => server.Dials > 0).All(server => server.IsLinkDisposed));
    }

    [Fact]
    public async Task A_server_that_is_away_is_said_once()
    {
        await using var bench = new ServerBench(1, 1);
        bench.Servers[0].Fault = ServerFault.RefusesDials;
        for (int call = 0; call < 10; call++)
        {
            await Assert.ThrowsAsync<LinkException>(() => bench.CallAsync());
        }

        Assert.Equal(ClientNoticeKind.ServerFailed, Assert.Single(bench.Notices).Kind);
        bench.Servers[0].Fault = ServerFault.None;
        await bench.CallAsync();
        Assert.Equal(ClientNoticeKind.ServerChosen, bench.Notices[^1].Kind);
    }

    [Fact]
    public void Servers_need_names_of_their_own()
    {
        var bench = new FaultyServer("fake://a", () => { });
        Assert.Throws<ArgumentException>(() => new RollcallClient(new ClientOptions(), [bench.Server, bench.Server]));
        Assert.Throws<ArgumentException>(() => new RollcallClient(new ClientOptions(), []));
    }
}
