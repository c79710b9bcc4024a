using System.Runtime.InteropServices;

namespace Rollcall.Bench.Reports;

/// <summary>What a figure was measured on.</summary>
/// <param name="Processor">Model.</param>
/// <param name="Cores">Logical processors that the process may use.</param>
/// <param name="MemoryGb">Memory, GiB.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Load">Load average of the last minute when the run started: above 0.5 something else was running.</param>
internal sealed record MachineFacts(string Processor, int Cores, int MemoryGb, string System, string Runtime, string Load)
{
    /// <summary>This machine, now.</summary>
    public static MachineFacts Read() =>
        new(
            Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown"
        );

    private static string? Field(string file, string name) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
}
