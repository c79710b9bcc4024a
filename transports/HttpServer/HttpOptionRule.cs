using System.Globalization;
using Rollcall.Core;

namespace Rollcall.Transports.HttpServer;

/// <summary>The range of one option of <see cref="HttpServerOptions"/>.</summary>
public sealed class HttpOptionRule
{
    private readonly Func<HttpServerOptions, (string Shown, bool Good)> _check;

    internal HttpOptionRule(string name, Func<HttpServerOptions, string> value, string range, Func<HttpServerOptions, bool> good)
    {
        Name = name;
        Range = range;
        _check = o => (value(o), good(o));
    }

    internal HttpOptionRule(string name, Func<HttpServerOptions, int> value, int min, int max, string unit)
    {
        Name = name;
        Range = string.Create(CultureInfo.InvariantCulture, $"{min}..{max} {unit}");
        _check = o => (value(o).ToString(CultureInfo.InvariantCulture), value(o) >= min && value(o) <= max);
    }

    internal HttpOptionRule(string name, Func<HttpServerOptions, TimeSpan> value, TimeSpan min, TimeSpan max)
    {
        Name = name;
        Range = $"{DurationText.Show(min)}..{DurationText.Show(max)}";
        _check = o => (DurationText.Show(value(o)), value(o) >= min && value(o) <= max);
    }

    /// <summary>Property of <see cref="HttpServerOptions"/>.</summary>
    public string Name { get; }

    /// <summary>What it may be, with the unit, for people.</summary>
    public string Range { get; }

    internal OptionProblem? Check(HttpServerOptions options)
    {
        (string shown, bool good) = _check(options);
        return good ? null : new OptionProblem(Name, shown, Range);
    }
}
