using Rollcall.Load.Scenarios;

namespace Rollcall.Load.Tests;

/// <summary>Flags of a run.</summary>
public sealed class ScenarioSettingsTests
{
    [Fact]
    public void Flags_are_read()
    {
        var settings = ScenarioSettings.Parse(["--instances", "1,000", "--transport", "http", "--duration", "2m", "--change-percent", "0.5"]);
        Assert.Equal(
            new ScenarioSettings
            {
                Instances = 1_000,
                Transport = "http",
                Duration = TimeSpan.FromMinutes(2),
                ChangePercent = 0.5,
            },
            settings
        );
    }

    [Theory]
    [InlineData("--instances must be a whole number", "--instances", "0")]
    [InlineData("--duration 30", "--duration", "30")]
    [InlineData("--change-percent", "--change-percent", "many")]
    [InlineData("--duration needs a value", "--duration")]
    [InlineData("--speed is not known", "--speed", "9")]
    [InlineData("10.0.0.1 is not a loopback address", "--target", "tcp://10.0.0.1:8762")]
    [InlineData("registry is not a loopback address", "--target", "tcp://registry:8762")]
    [InlineData("do not agree", "--target", "http://127.0.0.1:8761", "--transport", "tcp")]
    [InlineData("must be an address", "--target", "here")]
    [InlineData("there are tcp, http, quic", "--transport", "carrier-pigeon")]
    [InlineData("must be a number above 0", "--deploy-percent", "0")]
    [InlineData("--instances must be a whole number", "--instances", "9M")]
    public void What_is_wrong_is_said(string problem, params string[] args)
    {
        string message = Assert.Throws<FormatException>(() => ScenarioSettings.Parse(args)).Message;
        Assert.All(problem.Split(' ', 2), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("100k", 100_000)]
    [InlineData("1M", 1_000_000)]
    [InlineData("1,500", 1_500)]
    public void Sizes_may_be_short(string text, int count) => Assert.Equal(count, ScenarioSettings.Parse(["--instances", text]).Instances);

    [Fact]
    public void The_address_of_a_target_says_the_transport() =>
        Assert.Equal("http", ScenarioSettings.Parse(["--target", "http://127.0.0.1:8761"]).Transport);

    [Fact]
    public void Another_machine_is_driven_only_by_its_owner() =>
        Assert.Equal("10.0.0.1", ScenarioSettings.Parse(["--target", "tcp://10.0.0.1:8762", "--i-own-this-target"]).Target?.Host);
}
