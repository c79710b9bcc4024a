namespace Rollcall.Load.Capacity;

/// <summary>What a load must keep to be held.</summary>
/// <param name="P99Max">Longest p99, from the intended start.</param>
internal sealed record Objective(TimeSpan P99Max)
{
    /// <summary>Of what was offered: less is not held, however short the latency of what was done.</summary>
    public const double AchievedMin = 0.97;

    /// <summary>Why a trial does not keep it; null: it does.</summary>
    public string? MissedBy(Trial trial) =>
        trial.Problem is { } problem ? problem
        : trial.Achieved < AchievedMin * trial.Load ? $"only {trial.Achieved:N0} of {trial.Load:N0} were achieved"
        : trial.P99 > P99Max ? $"p99 {Driving.LatencyText.Of(trial.P99)}"
        : null;
}

/// <summary>A load, tried.</summary>
/// <param name="Load">What was offered.</param>
/// <param name="Achieved">What came of it.</param>
/// <param name="P99">Latency from the intended start.</param>
/// <param name="Problem">What failed; null: nothing.</param>
internal sealed record Trial(double Load, double Achieved, TimeSpan P99, string? Problem = null);

/// <summary>The most that was held.</summary>
/// <param name="Held">The trials that confirm it: each of the same load, each keeping the objective; none: nothing was held.</param>
/// <param name="Missed">The lowest load tried that was not held; null: the search ended at its limit.</param>
/// <param name="MissedBy">Why.</param>
internal sealed record Finding(IReadOnlyList<Trial> Held, Trial? Missed, string? MissedBy)
{
    public double Most => Held.Count == 0 ? 0 : Held[0].Load;
}

/// <summary>Finds the highest load that keeps an objective: doubles it until it is missed, closes in between, and confirms.</summary>
/// <param name="Objective">What must be kept.</param>
/// <param name="Bisections">How often it halves the gap: three leave a ninth.</param>
/// <param name="Confirmations">How often in a row the found load must hold.</param>
internal sealed record CapacitySearch(Objective Objective, int Bisections = 3, int Confirmations = 3)
{
    // A load that held once and then did not is given up for this share of it.
    private const double StepBack = 0.85;
    private const int StepsBackMax = 4;

    /// <summary>Searches.</summary>
    /// <param name="start">The first load that is tried; at least 1.</param>
    /// <param name="limit">Where it ends, whatever holds.</param>
    /// <param name="tryAsync">Tries a load.</param>
    public async Task<Finding> FindAsync(double start, double limit, Func<double, Task<Trial>> tryAsync)
    {
        Trial? missed = null;
        double held = 0;
        double load = Math.Min(start, limit);
        while (missed is null && held < limit)
        {
            await TryAsync(load);
            load = Math.Min(2 * held, limit);
        }

        for (int i = 0; i < Bisections && missed is not null; i++)
        {
            await TryAsync(Math.Floor(held == 0 ? missed.Load / 4 : Math.Sqrt(held * missed.Load)));
        }

        var confirmed = new List<Trial>();
        for (int back = 0; held >= 1 && back <= StepsBackMax && confirmed.Count < Confirmations;)
        {
            Trial trial = await tryAsync(held);
            if (Objective.MissedBy(trial) is null)
            {
                confirmed.Add(trial);
                continue;
            }

            (missed, held, back) = (trial, Math.Floor(held * StepBack), back + 1);
            confirmed.Clear();
        }

        return new Finding(confirmed.Count == Confirmations ? confirmed : [], missed, missed is null ? null : Objective.MissedBy(missed));

        async Task TryAsync(double tried)
        {
            Trial trial = await tryAsync(tried);
            (held, missed) = Objective.MissedBy(trial) is null ? (tried, missed) : (held, trial);
        }
    }
}
