using System.Collections;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Rollcall.Core;

namespace Rollcall.Configuration;

/// <summary>The options of one record as a configuration names them, and how they are read from it: without reflection.</summary>
/// <typeparam name="TOptions">The immutable record that holds the options.</typeparam>
/// <param name="rules">The ranges, by name.</param>
public sealed class OptionKeySet<TOptions>(IReadOnlyList<OptionRule<TOptions>> rules) : IReadOnlyCollection<OptionKey<TOptions>>
    where TOptions : class
{
    private readonly List<OptionKey<TOptions>> _keys = [];

    /// <inheritdoc/>
    public int Count => _keys.Count;

    /// <summary>Adds the option whose property <paramref name="get"/> reads, <c>o => o.Name</c>: its key has the same name.</summary>
    public void Add<TValue>(
        OptionKind<TValue> kind,
        Func<TOptions, TValue> get,
        Func<TOptions, TValue, TOptions> with,
        [CallerArgumentExpression(nameof(get))] string read = ""
    )
    {
        string name = read[(read.LastIndexOf('.') + 1)..];
        _keys.Add(OptionKey<TOptions>.Of(name, kind, rules.FirstOrDefault(rule => rule.Name == name)?.Range, get, with));
    }

    /// <summary>
    /// <paramref name="defaults"/> with whatever <paramref name="section"/> says. Keys compare without case. A key that is unknown
    /// or unreadable, and a value out of range, becomes one of <paramref name="problems"/>, with its full key.
    /// </summary>
    /// <param name="section">Where the options are.</param>
    /// <param name="defaults">What counts where the section says nothing.</param>
    /// <param name="problems">Added to.</param>
    /// <param name="besides">
    /// Keys of the section that somebody else reads: known, and left alone. One of them may be a secret's, and be misspelled: then no problem
    /// shows what stands at a key that is not known.
    /// </param>
    public TOptions Bind(
        IConfiguration section,
        TOptions defaults,
        ICollection<ConfigurationProblem> problems,
        params IReadOnlyCollection<string> besides
    )
    {
        if (section is IConfigurationSection { Value: { Length: > 0 } value } asked)
        {
            problems.Add(new(asked.Path, besides.Count == 0 ? value : null, "is a section and has no value of its own; its options are below it."));
        }

        TOptions options = defaults;
        foreach (IConfigurationSection entry in section.GetChildren().Where(entry => !besides.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
        {
            options = BindOne(entry, options, problems, besides);
        }

        string prefix = section is IConfigurationSection { Path: var path } ? path + ":" : "";
        foreach (OptionProblem problem in rules.Check(options))
        {
            problems.Add(new(prefix + problem.Name, problem.Value, $"must be {problem.Range}."));
        }

        return options;
    }

    /// <inheritdoc/>
    public IEnumerator<OptionKey<TOptions>> GetEnumerator() => _keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TOptions BindOne(
        IConfigurationSection entry,
        TOptions options,
        ICollection<ConfigurationProblem> problems,
        IReadOnlyCollection<string> besides
    )
    {
        if (_keys.Find(key => key.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) is not { } key)
        {
            string parent = entry.Path[..^entry.Key.Length];
            string hint = NearestName.Hint(entry.Key, _keys.Select(k => k.Name).Concat(besides), parent);
            problems.Add(new(entry.Path, besides.Count == 0 ? entry.Value : null, $"there is no such option.{hint}"));
        }
        else if (entry.GetChildren().Any())
        {
            problems.Add(new(entry.Path, null, $"holds several values where one is wanted: {key.Kind}."));
        }
        else if (entry.Value is not null)
        {
            if (key.With(options, entry.Value) is { } read)
            {
                return read;
            }

            problems.Add(new(entry.Path, entry.Value, $"must be {key.Kind}{(key.Range is null ? "" : ", " + key.Range)}."));
        }

        return options;
    }
}
