namespace Rollcall.Client.Tests;

/// <summary>Options: all that is wrong, at once.</summary>
public sealed class ClientOptionsTests
{
    [Fact]
    public void The_defaults_are_good() => Assert.Empty(new ClientOptions().Validate());

    [Fact]
    public void Every_problem_is_named_at_once_with_value_and_range()
    {
        ClientOptions wrong = new()
        {
            TriesPerCall = 0,
            AsideMax = TimeSpan.FromSeconds(1),
            Zone = " ",
            DrainMin = TimeSpan.FromMinutes(1),
            CatalogueFile = "/no/such/folder/catalogue",
            HoldShareMin = 2,
        };
        string[] problems = [.. wrong.Validate().Select(problem => problem.ToString())];
        Assert.Equal(6, problems.Length);
        Assert.Contains("TriesPerCall = 0 is outside 1..10 servers", problems);
        Assert.Contains("AsideMax = 1s is outside 1ms..1d, at least AsideFirst", problems);
        Assert.Contains("DrainMin = 1m is outside 0s..1h, at most DrainLimit", problems);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new RollcallClient(wrong, []));
        Assert.All(problems, problem => Assert.Contains(problem, thrown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_number_and_duration_has_a_range()
    {
        string[] ranged = [.. ClientOptions.Rules.Select(rule => rule.Name)];
        Assert.Equal(ranged.Length, ranged.Distinct().Count());
        string[] free = ["Enabled", "FailFast", "Follow", "Seed", "Rules"];
        Assert.Equal(
            typeof(ClientOptions).GetProperties().Select(property => property.Name).Except(free).Except(["EqualityContract"]).Order(),
            ranged.Order()
        );
    }
}
