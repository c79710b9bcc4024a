namespace Rollcall.Client.Tests;

/// <summary>Waiting for what happens on another thread and is not announced.</summary>
internal static class Wait
{
    // What is nearly there comes within some turns of the pool; beyond them whoever waits would only take the processor from it.
    private const int TurnsBeforeRest = 200;

    /// <summary>Generous: machines pause.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds; fails at the deadline, saying what was expected.</summary>
    public static async Task UntilAsync(Func<bool> holds, string expected)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        for (int turns = 0; !holds(); turns++)
        {
            Assert.False(deadline.IsCancellationRequested, $"did not happen within {Deadline.TotalSeconds} s: {expected}");
            if (turns < TurnsBeforeRest)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(1, CancellationToken.None);
            }
        }
    }
}
