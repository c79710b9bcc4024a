using System.Globalization;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Targets;

/// <summary>Paired turns as figures.</summary>
internal static class RatioFigures
{
    /// <summary>A rate of the server over that of its control: more is better.</summary>
    public static Figure Of<T>(string name, PairedArms<T> arms, Func<T, double> rate, string unit, string control) =>
        new(name, arms.Ratio(rate), "x")
        {
            MoreIsBetter = true,
            Control = string.Create(
                CultureInfo.InvariantCulture,
                $"{arms.OfSubject(rate).Median:N0} {unit} against {arms.OfControl(rate).Median:N0} {unit} of {control}"
            ),
        };

    /// <summary>A time in microseconds over that of its control: less is better.</summary>
    public static Figure OfTimes<T>(string name, PairedArms<T> arms, Func<T, double> microseconds, string control) =>
        new(name, arms.Ratio(microseconds), "x")
        {
            Control =
                $"{LatencyText.Of(TimeSpan.FromMicroseconds(arms.OfSubject(microseconds).Median))} against "
                + $"{LatencyText.Of(TimeSpan.FromMicroseconds(arms.OfControl(microseconds).Median))} of {control}",
        };

    /// <summary>p99 of a step in milliseconds, with that of its control.</summary>
    public static Figure Latency(string name, StepStats step, StepStats control, string what) =>
        new(name, Spread.Exactly(step.Latency.Percentile(0.99).TotalMilliseconds), "ms")
        {
            Control = $"{LatencyText.Of(control.Latency.Percentile(0.99))} of {what}",
        };
}
