using System.Globalization;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Paired results as figures.</summary>
internal static class Ratios
{
    /// <summary>Time of the subject over time of the control.</summary>
    public static Figure Figure(string name, PairedResult result) => new(name, result.Ratio, "x") { Control = Times(result) };

    /// <summary>Bytes that an operation of the subjects allocated: none allowed.</summary>
    public static Figure Bytes(string name, params ReadOnlySpan<PairedResult> results)
    {
        double most = 0;
        foreach (PairedResult result in results)
        {
            most = Math.Max(most, result.SubjectBytes);
        }

        return new Figure(name, Spread.Exactly(most), "B") { Ship = 0, Target = 0 };
    }

    /// <summary>Both arms by name, with their times.</summary>
    public static string Times(PairedResult result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Time(result.SubjectNs.Median)} against {Time(result.ControlNs.Median)} of {result.Control.Name}"
        );

    /// <summary>A time in the unit that suits it.</summary>
    public static string Time(double nanoseconds) =>
        nanoseconds switch
        {
            < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:G3} ns"),
            < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:G3} us"),
            < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:G3} ms"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:G3} s"),
        };
}
