namespace Rollcall.Interop.Tests;

/// <summary>
/// Waiting for something that another process does and does not announce: look again and again until a deadline.
/// </summary>
internal static class Wait
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Generous: machines pause.</summary>
    public static TimeSpan Deadline => TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold before <see cref="Deadline"/>, or <paramref name="patience"/>; the message says what.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> expected, TimeSpan? patience = null)
    {
        using CancellationTokenSource deadline = new(patience ?? Deadline);
        using PeriodicTimer pace = new(s_pace);
        while (!await condition())
        {
            try
            {
                await pace.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Did not see within {(patience ?? Deadline).TotalSeconds} s: {expected()}");
            }
        }
    }
}
