using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rollcall.Load.Driving;

/// <summary>Waits until a moment of <see cref="Stopwatch"/>, without burning the processor that the server needs.</summary>
/// <remarks>
/// <para>Thread.Sleep is a millisecond late; the system's own sleep with its slack taken away some 10 us (measured on Linux).</para>
/// </remarks>
internal static partial class Pacer
{
    private const int Monotonic = 1; // CLOCK_MONOTONIC, which Stopwatch reads too
    private const int AbsoluteTime = 1; // TIMER_ABSTIME
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK

    private static readonly bool s_precise = OperatingSystem.IsLinux() && Stopwatch.Frequency == 1_000_000_000;

    [ThreadStatic]
    private static bool t_hasNoSlack;

    /// <summary>Returns when <see cref="Stopwatch.GetTimestamp"/> has reached <paramref name="timestamp"/>; at once if it is past.</summary>
    public static void WaitUntil(long timestamp)
    {
        if (s_precise && !t_hasNoSlack)
        {
            t_hasNoSlack = true;
            _ = Control(SetTimerSlack, 1, 0, 0, 0);
        }

        while (Stopwatch.GetTimestamp() < timestamp)
        {
            if (!s_precise)
            {
                Thread.Sleep(1);
                continue;
            }

            var until = new TimeSpec(timestamp / Stopwatch.Frequency, timestamp % Stopwatch.Frequency);
            _ = Sleep(Monotonic, AbsoluteTime, until, 0);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in TimeSpec until, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
