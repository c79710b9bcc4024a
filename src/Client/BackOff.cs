namespace Rollcall.Client;

/// <summary>How long to wait before trying again: twice as long each time, and never in step with others.</summary>
/// <remarks>Owner: one caller at a time.</remarks>
internal sealed class BackOff(TimeSpan first, TimeSpan max, Random random)
{
    private int _doublings;

    /// <summary>Between half of the step and all of it: whoever was cut off together comes back spread out, and nobody at once.</summary>
    public TimeSpan Next()
    {
        TimeSpan step = first * (1L << _doublings);
        if (step >= max)
        {
            step = max;
        }
        else
        {
            _doublings++;
        }

        return step * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>The next wait is the first again.</summary>
    public void Reset() => _doublings = 0;
}
