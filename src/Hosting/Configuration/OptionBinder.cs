using Microsoft.Extensions.Configuration;

namespace Rollcall.Hosting.Configuration;

/// <summary>Reads immutable options from a configuration without reflection, and collects all that is wrong with it.</summary>
public static class OptionBinder
{
    /// <summary>
    /// <paramref name="defaults"/> with whatever <paramref name="section"/> says, by <paramref name="keys"/>. Keys compare
    /// without case. A key that is unknown or unreadable becomes one of <paramref name="problems"/> and changes nothing; ranges
    /// are the options' own business.
    /// </summary>
    public static TOptions Bind<TOptions>(
        IConfiguration section,
        TOptions defaults,
        IReadOnlyList<OptionKey<TOptions>> keys,
        ICollection<ConfigurationProblem> problems
    )
        where TOptions : class
    {
        if (section is IConfigurationSection { Value: { Length: > 0 } value } asked)
        {
            problems.Add(new(asked.Path, value, "is a section and has no value of its own; its options are below it."));
        }

        TOptions options = defaults;
        foreach (IConfigurationSection entry in section.GetChildren())
        {
            OptionKey<TOptions>? key = keys.FirstOrDefault(k => k.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase));
            if (key is null)
            {
                problems.Add(Unknown(entry, keys.Select(k => k.Name)));
            }
            else if (entry.GetChildren().Any())
            {
                problems.Add(new(entry.Path, null, $"holds several values where one is wanted: {key.Kind}."));
            }
            else if (entry.Value is not null)
            {
                options = key.With(options, entry.Value) ?? Unreadable(options, entry, key, problems);
            }
        }

        return options;
    }

    /// <summary>The problem of an entry whose key is none of <paramref name="names"/>.</summary>
    public static ConfigurationProblem Unknown(IConfigurationSection entry, IEnumerable<string> names)
    {
        string parent = entry.Path[..^entry.Key.Length];
        return new(entry.Path, entry.Value, $"there is no such option.{NearestName.Hint(entry.Key, names, parent)}");
    }

    private static TOptions Unreadable<TOptions>(
        TOptions options,
        IConfigurationSection entry,
        OptionKey<TOptions> key,
        ICollection<ConfigurationProblem> problems
    )
        where TOptions : class
    {
        problems.Add(new(entry.Path, entry.Value, $"must be {key.Kind}{(key.Range is null ? "" : ", " + key.Range)}."));
        return options;
    }
}
