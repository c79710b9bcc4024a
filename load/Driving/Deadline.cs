using System.Diagnostics;

namespace Rollcall.Load.Driving;

/// <summary>Waiting for something that others bring about.</summary>
internal static class Deadline
{
    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    /// <summary>Returns when <paramref name="reached"/> says so.</summary>
    /// <param name="reached">Looked at every few milliseconds.</param>
    /// <param name="expected">What was expected and what was seen, for the exception.</param>
    /// <param name="within">How long at most; 30 s.</param>
    /// <exception cref="TimeoutException">It was not reached.</exception>
    public static Task UntilAsync(Func<bool> reached, Func<string> expected, TimeSpan? within = null) =>
        UntilAsync(() => Task.FromResult(reached()), expected, within);

    /// <summary>The same, where looking takes time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> reached, Func<string> expected, TimeSpan? within = null)
    {
        TimeSpan limit = within ?? s_default;
        long start = Stopwatch.GetTimestamp();
        while (!await reached())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Expected within {limit.TotalSeconds:N0} s: {expected()}.");
            }

            await Task.Delay(s_look);
        }
    }
}
