using System.Globalization;
using Rollcall.Load.Driving;
using Rollcall.Load.Results;

namespace Rollcall.Load.Progress;

/// <summary>Figures as people read them, the same on lines, in tables and on pages.</summary>
internal static class ResultText
{
    /// <summary>A rate or count: three digits, large ones with all of theirs.</summary>
    public static string Number(double? value) =>
        value is not { } number ? "–"
        : Math.Abs(number) >= 100 ? number.ToString("N0", CultureInfo.InvariantCulture)
        : number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A latency.</summary>
    public static string Ms(double? milliseconds) => milliseconds is { } ms ? LatencyText.Of(TimeSpan.FromMilliseconds(ms)) : "–";

    /// <summary>Share of one core.</summary>
    public static string Cores(double cores) => string.Create(CultureInfo.InvariantCulture, $"{100 * cores:0.#} %");

    public static string Mb(double megabytes) => string.Create(CultureInfo.InvariantCulture, $"{megabytes:N0} MB");

    /// <summary>A time to wait for.</summary>
    public static string Left(TimeSpan? left) =>
        left is { } time ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):N0} s left") : "";

    /// <summary>The server's second.</summary>
    public static string Server(ServerSample server) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Cores(server.Cores)} of a core, {Mb(server.ResidentMb)} resident, {server.AllocatedMb:0.0} MB/s allocated, {server.PausedMs:0} ms/s paused"
        );

    /// <summary>What the server used in a phase.</summary>
    public static string Phase(PhaseResult phase) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Cores(phase.Cores)} of a core for {phase.Seconds:0.#} s, {Mb(phase.ResidentMb)} resident, {phase.AllocatedMb / phase.Seconds:0.00} MB/s allocated, "
        )
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{phase.Collections} collections ({phase.FullCollections} full), {phase.PausedMs:0.0} ms paused"
        );

    /// <summary>One line, green or red in words.</summary>
    public static string Verdict(RunResult result) =>
        (result.IsRight ? $"all {result.Checks} checks hold" : $"{result.Problems.Count} of {result.Checks} checks FAILED")
        + string.Create(CultureInfo.InvariantCulture, $", in {result.Seconds:N0} s");
}
