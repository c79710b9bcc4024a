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
    [InlineData("10.0.0.1 is not a loopback address", "--server", "tcp://10.0.0.1:8762")]
    [InlineData("registry is not a loopback address", "--server", "tcp://registry:8762")]
    [InlineData("do not agree", "--server", "http://127.0.0.1:8761")]
    public void What_is_wrong_is_said(string problem, params string[] args)
    {
        string message = Assert.Throws<FormatException>(() => ScenarioSettings.Parse(args)).Message;
        Assert.All(problem.Split(' ', 2), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_machine_is_driven_only_by_its_owner() =>
        Assert.Equal("10.0.0.1", ScenarioSettings.Parse(["--server", "tcp://10.0.0.1:8762", "--i-own-this-target"]).Server?.Host);
}
