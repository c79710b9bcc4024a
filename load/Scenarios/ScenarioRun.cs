using System.Diagnostics;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;
using Rollcall.Load.Progress;
using Rollcall.Load.Results;

namespace Rollcall.Load.Scenarios;

/// <summary>One run of a scenario: what it drives, with what, and what came of it until now.</summary>
/// <remarks>Owner: one scenario; steps, checks and lines may come from any thread.</remarks>
internal sealed class ScenarioRun : IAsyncDisposable
{
    private readonly IRunProgress _progress;
    private readonly Sampler _sampler;
    private readonly Lock _lock = new(); // guards the lists
    private readonly List<string> _problems = [];
    private readonly List<string> _notes = [];
    private readonly List<StepResult> _steps = [];
    private readonly List<PhaseResult> _phases = [];
    private readonly List<Sample> _samples = [];
    private long _phaseEndsAt;
    private int _checks;

    public ScenarioRun(LoadTarget target, ScenarioSettings settings, IRunProgress progress)
    {
        Target = target;
        Settings = settings;
        _progress = progress;
        _sampler = new Sampler(target.Process, Take);
    }

    public LoadTarget Target { get; }

    public ScenarioSettings Settings { get; }

    /// <summary>What was found wrong: none, or the run has failed whatever its speed.</summary>
    public IReadOnlyList<string> Problems => Listed(_problems);

    /// <summary>What it said.</summary>
    public IReadOnlyList<string> Notes => Listed(_notes);

    /// <summary>What became of each step.</summary>
    public IReadOnlyList<StepResult> Steps => Listed(_steps);

    /// <summary>What the server used in each phase.</summary>
    public IReadOnlyList<PhaseResult> Phases => Listed(_phases);

    /// <summary>What was seen each second.</summary>
    public IReadOnlyList<Sample> Samples => Listed(_samples);

    /// <summary>How many things were looked at.</summary>
    public int Checks => _checks;

    /// <summary>A part of the run, whose use of the server is said on its own.</summary>
    /// <param name="name">For people.</param>
    /// <param name="work">The part.</param>
    /// <param name="planned">How long it is to take, if that is known.</param>
    public async Task PhaseAsync(string name, Func<Task> work, TimeSpan? planned = null)
    {
        _sampler.Phase = name;
        Volatile.Write(ref _phaseEndsAt, planned is { } time ? Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency) : 0);
        ProcessReading? before = Target.Process?.Read();
        await work();
        _sampler.Phase = null;
        if (before is not null)
        {
            Add(_phases, PhaseResult.Of(name, new ProcessUse(before, Target.Process!.Read())));
        }
    }

    /// <summary>Runs a step to its end. A failed request is a problem.</summary>
    public async Task StepAsync(string name, Step step, LoadSimulation simulation, CancellationToken cancellation = default)
    {
        var run = new LoadRun(name, step, simulation);
        StepStats stats;
        using (Watch(LiveStep.Of(run)))
        {
            stats = await run.RunAsync(cancellation);
        }

        Add(_steps, StepResult.Of(stats));
        Check(stats.Failed == 0, $"{name}: {stats.Failed} requests failed: {string.Join("; ", stats.Errors)}");
        Check(stats.Ok > 0, $"{name}: nothing was answered");
    }

    /// <summary>Shows something that is no step of its own, until it is disposed of.</summary>
    public IDisposable Watch(LiveStep step)
    {
        _sampler.Add(step);
        return new Watched(() => _sampler.Remove(step));
    }

    /// <summary>Latencies that no request had: those of a push.</summary>
    public void AddLatency(string name, Histogram latency, TimeSpan during) =>
        Add(_steps, new StepResult(name, null, latency.Count / during.TotalSeconds, latency.Count, 0, LatencyResult.Of(latency), []));

    /// <summary>Says something.</summary>
    public void Say(string line)
    {
        Add(_notes, line);
        _progress.Say($"  {line}");
    }

    /// <summary>Something that must hold.</summary>
    public void Check(bool holds, string problem)
    {
        Interlocked.Increment(ref _checks);
        if (!holds)
        {
            Add(_problems, problem);
            _progress.Say($"  WRONG {problem}");
        }
    }

    public ValueTask DisposeAsync() => _sampler.DisposeAsync();

    private void Take(Sample sample)
    {
        Add(_samples, sample);
        long endsAt = Volatile.Read(ref _phaseEndsAt);
        _progress.Show(sample, endsAt == 0 ? null : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), endsAt));
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock)
        {
            list.Add(item);
        }
    }

    private T[] Listed<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }

    private sealed class Watched(Action ends) : IDisposable
    {
        public void Dispose() => ends();
    }
}
