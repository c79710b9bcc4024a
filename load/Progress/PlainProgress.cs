using Rollcall.Load.Results;

namespace Rollcall.Load.Progress;

/// <summary>Lines, one every few seconds: for files, pipes and logs.</summary>
internal sealed class PlainProgress(TextWriter output) : IRunProgress
{
    private const double SecondsPerLine = 5;

    private double _nextAt = SecondsPerLine;

    public Task WhileAsync(Func<Task> work) => work();

    public void Say(string line)
    {
        lock (output)
        {
            output.WriteLine(line);
        }
    }

    public void Show(Sample sample, TimeSpan? left)
    {
        if (sample.AtSeconds < _nextAt)
        {
            return;
        }

        _nextAt = sample.AtSeconds + SecondsPerLine;
        string[] parts =
        [
            $"{sample.AtSeconds:N0} s",
            sample.Phase ?? "",
            ResultText.Left(left),
            .. sample.Steps.Select(step =>
                $"{step.Name} {ResultText.Number(step.Achieved)}/s"
                + (step.Failed > 0 ? $" ({step.Failed} failed)" : "")
                + (step.P99 is null ? "" : $", p99 {ResultText.Ms(step.P99)}")
            ),
            sample.Server is { } server ? $"server {ResultText.Server(server)}" : "",
        ];
        Say("  " + string.Join("; ", parts.Where(part => part.Length > 0)));
    }

    public void Finish(RunResult result)
    {
        foreach (StepResult step in result.Steps)
        {
            Say(
                $"  step {step.Name}: {(step.Offered is { } offered ? $"offered {ResultText.Number(offered)}/s, " : "")}"
                    + $"achieved {ResultText.Number(step.Achieved)}/s, ok {step.Ok:N0}, failed {step.Failed:N0}; "
                    + string.Join(", ", step.Latency.All().Select(latency => $"{latency.Name} {ResultText.Ms(latency.Ms)}"))
            );
            foreach (string error in step.Errors)
            {
                Say($"    {error}");
            }
        }

        foreach (PhaseResult phase in result.Phases)
        {
            Say($"  server, {phase.Name}: {ResultText.Phase(phase)}");
        }

        Say($"  {ResultText.Verdict(result)}");
    }
}
