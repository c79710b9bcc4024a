namespace Rollcall.Load.Pages;

/// <summary>From values to places between 0 and 1, and the values worth a mark.</summary>
internal sealed class Axis
{
    private const int TicksWanted = 5;

    private static readonly double[] s_digits = [1, 2, 5, 10];

    private readonly double _from;
    private readonly double _to;
    private readonly bool _isLog;

    private Axis(double from, double to, bool isLog, IReadOnlyList<double> ticks)
    {
        _from = from;
        _to = to;
        _isLog = isLog;
        Ticks = ticks;
    }

    /// <summary>Values with a mark, from low to high.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a value is: 0 at the low end, 1 at the high one.</summary>
    public double Place(double value) =>
        _isLog ? Math.Log(Math.Max(value, _from) / _from) / Math.Log(_to / _from) : (value - _from) / (_to - _from);

    /// <summary>From zero to a round value at or above the highest, in steps of 1, 2 or 5.</summary>
    public static Axis FromZero(double highest)
    {
        highest = highest > 0 ? highest : 1;
        double step = Step(highest / TicksWanted);
        int steps = Math.Max(1, (int)Math.Ceiling(Math.Round(highest / step, 9)));
        return new Axis(0, steps * step, isLog: false, [.. Enumerable.Range(0, steps + 1).Select(i => i * step)]);
    }

    /// <summary>Exactly between two values, marks at round ones.</summary>
    public static Axis Between(double from, double to)
    {
        to = to > from ? to : from + 1;
        double step = Step((to - from) / TicksWanted);
        double first = Math.Ceiling(from / step) * step;
        return new Axis(from, to, isLog: false, [.. Enumerable.Range(0, (int)((to - first) / step) + 1).Select(i => first + (i * step))]);
    }

    /// <summary>Powers of ten around all values; between them 2 and 5 where that leaves room.</summary>
    public static Axis Log(IReadOnlyCollection<double> values)
    {
        double[] positive = [.. values.Where(value => value > 0).DefaultIfEmpty(1)];
        int low = (int)Math.Floor(Math.Log10(positive.Min()));
        int high = Math.Max(low + 1, (int)Math.Ceiling(Math.Log10(positive.Max())));
        double[] within = high - low <= 2 ? [1, 2, 5] : [1];
        double to = Math.Pow(10, high);
        double[] ticks = [.. Enumerable.Range(low, high - low).SelectMany(power => within.Select(digit => digit * Math.Pow(10, power))), to];
        return new Axis(Math.Pow(10, low), to, isLog: true, ticks);
    }

    private static double Step(double atLeast)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return s_digits.Select(digit => digit * power).First(step => step >= atLeast * 0.999);
    }
}
