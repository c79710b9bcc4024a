using Rollcall.Bench.Reports;

namespace Rollcall.Load.Targets;

/// <summary>The rows that are measured from outside, against a server process.</summary>
internal static class LoadRows
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<TargetRow> All { get; } =
    [
        Row(4, "HTTP heartbeats against an empty Kestrel handler", HttpHeartbeats.MeasureAsync),
    ];

    private static TargetRow Row(int number, string quantity, Func<Task<Measurement>> measure) =>
        new("load", number, quantity, measure);
}
