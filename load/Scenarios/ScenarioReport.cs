using System.Globalization;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Scenarios;

/// <summary>What a scenario did, and whether what the server holds is what was sent: filled while it runs, printed as it comes.</summary>
/// <remarks>Owner: one run; lines may come from any thread.</remarks>
internal sealed class ScenarioReport(TextWriter output)
{
    private readonly List<string> _problems = []; // guarded by itself
    private int _checks;

    /// <summary>What was found wrong: none, or the run has failed whatever its speed.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_problems)
            {
                return [.. _problems];
            }
        }
    }

    /// <summary>How many things were looked at.</summary>
    public int Checks => _checks;

    /// <summary>Says something.</summary>
    public void Say(string line)
    {
        lock (output)
        {
            output.WriteLine(line);
        }
    }

    /// <summary>What became of a step: a failed request is a problem.</summary>
    public void Add(StepStats step)
    {
        Say($"  step {step}");
        Check(step.Failed == 0, $"{step.Name}: {step.Failed} requests failed: {string.Join("; ", step.Errors)}");
        Check(step.Ok > 0, $"{step.Name}: nothing was answered");
    }

    /// <summary>What the server used meanwhile.</summary>
    public void Add(string when, ProcessUse use) =>
        Say(string.Create(CultureInfo.InvariantCulture, $"  server, {when}: {use}"));

    /// <summary>What the server used since a reading; nothing is known of one that was not started here.</summary>
    public void AddUse(string when, ProcessReading? since, LoadTarget target)
    {
        if (since is not null)
        {
            Add(when, new ProcessUse(since, target.Process!.Read()));
        }
    }

    /// <summary>Something that must hold.</summary>
    public void Check(bool holds, string problem)
    {
        Interlocked.Increment(ref _checks);
        if (!holds)
        {
            lock (_problems)
            {
                _problems.Add(problem);
            }

            Say($"  WRONG {problem}");
        }
    }
}
