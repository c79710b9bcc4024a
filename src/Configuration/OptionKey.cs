namespace Rollcall.Configuration;

/// <summary>One option as a configuration names it.</summary>
/// <typeparam name="TOptions">The immutable record that holds the option.</typeparam>
public sealed class OptionKey<TOptions>
    where TOptions : class
{
    private readonly Func<TOptions, string> _show;
    private readonly Func<TOptions, string, TOptions?> _with;

    private OptionKey(
        string name,
        string kind,
        string json,
        string? range,
        Func<TOptions, string> show,
        Func<TOptions, string, TOptions?> with
    )
    {
        Name = name;
        Kind = kind;
        Json = json;
        Range = range;
        _show = show;
        _with = with;
    }

    /// <summary>Name of the property, which is the last part of the key.</summary>
    public string Name { get; }

    /// <summary>What its text must be, for people.</summary>
    public string Kind { get; }

    /// <summary>How a file in JSON may have it: members of a JSON Schema.</summary>
    public string Json { get; }

    /// <summary>Lowest and highest value with the unit, for people; null if every value of the kind will do.</summary>
    public string? Range { get; }

    /// <summary>The option's value in <paramref name="options"/>, as it would be written in a configuration.</summary>
    public string Show(TOptions options) => _show(options);

    /// <summary><paramref name="options"/> with this option from <paramref name="text"/>; null if it cannot be read.</summary>
    public TOptions? With(TOptions options, string text) => _with(options, text);

    /// <summary>A key from the two halves of a property that can only be set at birth.</summary>
    internal static OptionKey<TOptions> Of<TValue>(
        string name,
        OptionKind<TValue> kind,
        string? range,
        Func<TOptions, TValue> get,
        Func<TOptions, TValue, TOptions> with
    ) =>
        new(
            name,
            kind.Name,
            kind.Json.Trim(),
            range,
            options => kind.Show(get(options)),
            (options, text) => kind.Read(text) is (true, var value) ? with(options, value) : null
        );
}
