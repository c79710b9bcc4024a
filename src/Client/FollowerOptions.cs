using Rollcall.Core;

namespace Rollcall.Client;

/// <summary>How patient a <see cref="RegistryFollower"/> is. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
public sealed record FollowerOptions
{
    /// <summary>First wait after a link is lost; it doubles up to <see cref="RetryMax"/>, with jitter.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two tries. A link that lived this long was good: after it the waits begin anew.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A link must be open after this long.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A link that brought nothing for this long is asked for a sign of life, and dropped if none comes within the same time.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The range of every option, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<FollowerOptions>> Rules { get; } =
    [
        new("RetryFirst", o => o.RetryFirst, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
        new(
            "RetryMax",
            o => o.RetryMax,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1),
            ", at least RetryFirst",
            o => o.RetryMax >= o.RetryFirst
        ),
        new("OpenLimit", o => o.OpenLimit, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("SilenceMax", o => o.SilenceMax, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
    ];

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);
}
