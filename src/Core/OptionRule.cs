using System.Globalization;

namespace Rollcall.Core;

/// <summary>The range of one option: how every record of options, the core's and the transports', says what its values may be.</summary>
/// <typeparam name="TOptions">The immutable record that holds the option.</typeparam>
public sealed class OptionRule<TOptions>
    where TOptions : class
{
    private readonly Func<TOptions, (string Shown, bool Good)> _check;

    /// <summary>A number between two others, and whatever else <paramref name="also"/> asks for; <paramref name="unit"/> says both.</summary>
    public OptionRule(
        string name,
        Func<TOptions, double> value,
        double min,
        double max,
        string unit,
        Func<TOptions, bool>? also = null
    )
        : this(
            name,
            o => value(o).ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{min}..{max} {unit}"),
            o => value(o) >= min && value(o) <= max && (also is null || also(o))
        )
    { }

    /// <summary>A duration between two others, and whatever else <paramref name="also"/> asks for; <paramref name="remark"/> says it.</summary>
    public OptionRule(
        string name,
        Func<TOptions, TimeSpan> value,
        TimeSpan min,
        TimeSpan max,
        string remark = "",
        Func<TOptions, bool>? also = null
    )
        : this(
            name,
            o => DurationText.Show(value(o)),
            $"{DurationText.Show(min)}..{DurationText.Show(max)}{remark}",
            o => value(o) >= min && value(o) <= max && (also is null || also(o))
        )
    { }

    /// <summary>Whatever <paramref name="good"/> accepts; <paramref name="range"/> says what.</summary>
    public OptionRule(string name, Func<TOptions, string> value, string range, Func<TOptions, bool> good)
    {
        Name = name;
        Range = range;
        _check = o => (value(o), good(o));
    }

    /// <summary>Property of <typeparamref name="TOptions"/>.</summary>
    public string Name { get; }

    /// <summary>What it may be, with the unit, for people.</summary>
    public string Range { get; }

    /// <summary>The problem that <paramref name="options"/> has with this rule; null if there is none.</summary>
    public OptionProblem? Check(TOptions options)
    {
        (string shown, bool good) = _check(options);
        return good ? null : new OptionProblem(Name, shown, Range);
    }
}

/// <summary>One option outside its range.</summary>
/// <param name="Name">Property of the options.</param>
/// <param name="Value">The value seen.</param>
/// <param name="Range">What it may be, with the unit.</param>
public sealed record OptionProblem(string Name, string Value, string Range)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} = {Value} is outside {Range}";
}

/// <summary>What records of options do with their rules, the same for each.</summary>
public static class OptionRules
{
    /// <summary>All that is wrong with <paramref name="options"/>, at once; empty if they are good.</summary>
    public static IReadOnlyList<OptionProblem> Check<TOptions>(this IEnumerable<OptionRule<TOptions>> rules, TOptions options)
        where TOptions : class => [.. rules.Select(rule => rule.Check(options)).OfType<OptionProblem>()];

    /// <summary>What to throw at whoever made these options: a caller bug. The message names all problems.</summary>
    /// <param name="problems">There is one at least.</param>
    /// <param name="record">The type of the options.</param>
    /// <param name="parameter">The parameter that they came by; null: none.</param>
    public static ArgumentException Refused(this IReadOnlyList<OptionProblem> problems, string record, string? parameter = null) =>
        new($"{record}: {string.Join("; ", problems)}", parameter);
}
