using System.Diagnostics;
using System.Globalization;

namespace Rollcall.Load.Processes;

/// <summary>What a process has used until a moment.</summary>
/// <param name="At">The moment, of <see cref="Stopwatch"/>.</param>
/// <param name="Cpu">Processor time, user and system (/proc/PID/stat, to 10 ms).</param>
/// <param name="ResidentBytes">Memory in use (/proc/PID/status).</param>
/// <param name="AllocatedBytes">Allocated since the start.</param>
/// <param name="Collections">Garbage collections.</param>
/// <param name="FullCollections">Those of all generations.</param>
/// <param name="Paused">All threads stopped by the collector.</param>
/// <param name="HeapBytes">Managed heap, garbage included.</param>
internal sealed record ProcessReading(
    long At,
    TimeSpan Cpu,
    long ResidentBytes,
    long AllocatedBytes,
    int Collections,
    int FullCollections,
    TimeSpan Paused,
    long HeapBytes
)
{
    // USER_HZ, in which /proc counts whatever the kernel's own tick is.
    private const int TicksPerSecond = 100;

    /// <summary>A process, with what its probe answered.</summary>
    public static ProcessReading Of(int processId, string probe)
    {
        string[] inside = probe.Split(' ');
        return new ProcessReading(
            Stopwatch.GetTimestamp(),
            CpuOf(processId),
            ResidentBytesOf(processId),
            long.Parse(inside[0], CultureInfo.InvariantCulture),
            int.Parse(inside[1], CultureInfo.InvariantCulture),
            int.Parse(inside[2], CultureInfo.InvariantCulture),
            TimeSpan.FromTicks(long.Parse(inside[3], CultureInfo.InvariantCulture)),
            long.Parse(inside[4], CultureInfo.InvariantCulture)
        );
    }

    // The name in the second field may hold spaces: count from behind its bracket. Then utime and stime are fields 11 and 12.
    private static TimeSpan CpuOf(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    private static long ResidentBytesOf(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

/// <summary>What a process used between two readings.</summary>
internal readonly record struct ProcessUse(ProcessReading From, ProcessReading To)
{
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(From.At, To.At);

    public TimeSpan Cpu => To.Cpu - From.Cpu;

    /// <summary>Share of one core.</summary>
    public double Cores => Cpu / Elapsed;

    public long AllocatedBytes => To.AllocatedBytes - From.AllocatedBytes;

    public TimeSpan Paused => To.Paused - From.Paused;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * Cores:F0} % of a core, {To.ResidentBytes >> 20} MB resident ({(To.ResidentBytes - From.ResidentBytes) / 1048576.0:+0.0;-0.0;0} MB), "
                + $"{AllocatedBytes / Elapsed.TotalSeconds / 1e6:F2} MB/s allocated, "
                + $"{To.Collections - From.Collections} collections ({To.FullCollections - From.FullCollections} full), "
                + $"{Paused.TotalMilliseconds:F1} ms paused"
        );
}
