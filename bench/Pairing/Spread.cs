using System.Globalization;

namespace Rollcall.Bench.Pairing;

/// <summary>A figure that was taken several times.</summary>
/// <param name="Median">The figure.</param>
/// <param name="Min">Lowest.</param>
/// <param name="Max">Highest.</param>
/// <param name="Count">How many times.</param>
internal readonly record struct Spread(double Median, double Min, double Max, int Count)
{
    /// <summary>Of one or more values.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1], sorted.Length);
    }

    /// <summary>A count: taken once, it does not vary.</summary>
    public static Spread Exactly(double value) => new(value, value, value, 1);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:G4} ({Min:G4}..{Max:G4})");
}
