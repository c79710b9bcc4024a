using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rollcall.Bench.Pairing;

/// <summary>Time that the calling thread has spent on a processor; elsewhere than on Linux, time that has passed.</summary>
/// <remarks>
/// What other processes take of a shared machine is thus not counted, nor is what runs on other threads: an arm must do its work on
/// the thread that calls it.
/// </remarks>
internal static class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    private static readonly bool s_linux = OperatingSystem.IsLinux();

    /// <summary>Nanoseconds since some moment.</summary>
    public static long Nanoseconds =>
        s_linux && GetTime(ThreadCpuTime, out Timespec time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
