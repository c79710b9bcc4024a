using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.ClientModels;

/// <summary>The delta algorithm of the Java client, with its weak spot.</summary>
public sealed class ClientCacheTests
{
    [Fact]
    public void A_delta_that_is_right_needs_no_full_read()
    {
        ClientCache cache = Holding(Up("A", "1"), Up("B", "1"));

        ClientInstance changed = Up("A", "1") with { Status = "DOWN", Action = "MODIFIED" };
        bool agrees = cache.Apply(Delta("DOWN_1_UP_1_", changed, Up("C", "1"), Gone("B", "1")));

        Assert.True(agrees);
        Assert.Equal(["A/1", "C/1"], Ids(cache));
    }

    [Fact]
    public void Applying_a_delta_twice_changes_nothing()
    {
        ClientCache cache = Holding(Up("A", "1"));
        ClientView delta = Delta("UP_1_", Up("A", "2"), Gone("A", "1"));

        Assert.True(cache.Apply(delta));
        Assert.True(cache.Apply(delta));
        Assert.Equal(["A/2"], Ids(cache));
    }

    [Fact]
    public void A_wrong_hash_asks_for_a_full_read() => Assert.False(Holding(Up("A", "1")).Apply(Delta("UP_2_")));

    [Fact]
    public void An_unknown_action_is_passed_over()
    {
        ClientCache cache = Holding(Up("A", "1"));

        Assert.True(cache.Apply(Delta("UP_1_", Up("A", "2") with { Action = null })));
    }

    [Fact]
    public void A_deletion_before_the_addition_leaves_a_ghost_in_an_application_that_the_client_did_not_know()
    {
        ClientCache cache = Holding();

        Assert.False(cache.Apply(Delta("UP_1_", Gone("A", "1"), Up("A", "2"))));
        Assert.Equal(["A/1", "A/2"], Ids(cache));
    }

    [Fact]
    public void A_deletion_after_the_addition_leaves_none()
    {
        ClientCache cache = Holding();

        Assert.True(cache.Apply(Delta("UP_1_", Up("A", "2"), Gone("A", "1"))));
    }

    [Fact]
    public void The_hash_counts_states_in_the_order_of_their_names()
    {
        ClientInstance idle = Up("A", "3") with { Status = "OUT_OF_SERVICE" };
        ClientInstance down = Up("B", "1") with { Status = "DOWN" };

        Assert.Equal("DOWN_1_OUT_OF_SERVICE_1_UP_2_", Holding(Up("A", "1"), Up("A", "2"), idle, down).Hash());
    }

    private static ClientInstance Up(string app, string id) => new() { App = app, Id = id, Status = "UP", Action = "ADDED" };

    private static ClientInstance Gone(string app, string id) => Up(app, id) with { Action = "DELETED" };

    private static ClientView Delta(string hash, params ClientInstance[] instances) =>
        new(1, hash, [.. instances.GroupBy(i => i.App).Select(g => new ClientApp(g.Key!, [.. g]))]);

    private static ClientCache Holding(params ClientInstance[] instances)
    {
        ClientCache cache = new();
        cache.Replace(Delta("", instances));
        return cache;
    }

    private static IEnumerable<string> Ids(ClientCache cache) => cache.Instances.Select(i => $"{i.App}/{i.Id}").Order();
}
