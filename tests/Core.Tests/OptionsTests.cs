using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests;

/// <summary>The core's options: defaults are good, and all that is wrong is said at once.</summary>
public class OptionsTests
{
    [Fact]
    public void The_defaults_are_good() => Assert.Empty(new RegistryOptions().Validate());

    [Fact]
    public void All_problems_are_said_at_once_with_name_value_and_range()
    {
        RegistryOptions wrong = new()
        {
            StripeCount = 48,
            WheelTick = TimeSpan.FromMilliseconds(5),
            GuardThreshold = 1.5,
            ChangeRingCapacity = 100,
            HistoryCapacity = 0,
        };
        IReadOnlyList<OptionProblem> problems = wrong.Validate();
        Assert.Equal(
            ["StripeCount", "WheelTick", "GuardThreshold", "ChangeRingCapacity", "HistoryCapacity"],
            problems.Select(problem => problem.Name)
        );
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new RegistryService(wrong, new HandClock()));
        Assert.All(problems, problem => Assert.Contains(problem.ToString(), thrown.Message, StringComparison.Ordinal));
        Assert.Contains("48", problems[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("power of two", problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_lease_may_not_be_longer_than_the_longest()
    {
        RegistryOptions wrong = new() { LeaseDurationMax = TimeSpan.FromSeconds(60) };
        Assert.Equal(nameof(RegistryOptions.LeaseDurationDefault), Assert.Single(wrong.Validate()).Name);
        Assert.Empty((wrong with { LeaseDurationDefault = TimeSpan.FromSeconds(60) }).Validate());
    }

    [Fact]
    public void No_registry_may_have_wider_limits_than_the_widest()
    {
        RegistryOptions widest = RegistryOptions.Widest with { ServiceBytesMax = RegistryOptions.Widest.ServiceBytesMax * 2 / 3 };
        Assert.Empty(widest.Validate());
        RegistryOptions[] wider =
        [
            widest with { LeaseDurationMax = widest.LeaseDurationMax + TimeSpan.FromSeconds(1) },
            widest with { ServiceBytesMax = widest.ServiceBytesMax + 1 },
            widest with { IdBytesMax = widest.IdBytesMax + 1 },
            widest with { HostBytesMax = widest.HostBytesMax + 1 },
            widest with { UrlBytesMax = widest.UrlBytesMax + 1 },
            widest with { VipsBytesMax = widest.VipsBytesMax + 1 },
            widest with { VipsMax = widest.VipsMax + 1 },
            widest with { MetadataPairsMax = widest.MetadataPairsMax + 1 },
            widest with { MetadataKeyBytesMax = widest.MetadataKeyBytesMax + 1 },
            widest with { MetadataBytesMax = widest.MetadataBytesMax + 1 },
        ];
        Assert.All(wider, options => Assert.Single(options.Validate()));
    }

    [Fact]
    public void Every_number_and_duration_has_a_rule()
    {
        // Not ranged: what is on or off, what is drawn at start, and what has rules of its own.
        string[] unruled =
        [
            nameof(RegistryOptions.GuardEnabled),
            nameof(RegistryOptions.NodeId),
            nameof(RegistryOptions.Seed),
            nameof(RegistryOptions.Cluster),
        ];
        string[] properties =
        [
            .. typeof(RegistryOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Except(unruled),
        ];
        Assert.Equal(
            properties.Order(StringComparer.Ordinal),
            RegistryOptions.Rules.Select(rule => rule.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_registry_at_the_ends_of_its_ranges_works()
    {
        foreach (int stripes in (int[])[1, 256])
        {
            var under = new SteppedRegistry(
                SteppedRegistry.Unguarded with
                {
                    StripeCount = stripes,
                    WheelTick = TimeSpan.FromSeconds(1),
                    ChangeRingCapacity = 64,
                    HistoryCapacity = 1,
                }
            );
            under.Register("orders", "i-1", TimeSpan.FromSeconds(3));
            under.Pass(TimeSpan.FromSeconds(2.9));
            Assert.True(under.Has("orders", "i-1"));
            under.Pass(TimeSpan.FromSeconds(1.5));
            Assert.False(under.Has("orders", "i-1"));
        }
    }
}
