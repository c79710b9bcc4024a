using Rollcall.Load.Results;
using Spectre.Console;

namespace Rollcall.Load.Progress;

/// <summary>A table in the terminal that renews itself each second; what is said scrolls by above it.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : IRunProgress
{
    private readonly Lock _shown = new();
    private LiveDisplayContext? _display;

    public Task WhileAsync(Func<Task> work) =>
        console
            .Live(new Text("starting the server …"))
            .AutoClear(true)
            .StartAsync(async display =>
            {
                _display = display;
                display.Refresh();
                try
                {
                    await work();
                }
                finally
                {
                    lock (_shown)
                    {
                        _display = null;
                    }
                }
            });

    public void Say(string line)
    {
        lock (_shown)
        {
            console.WriteLine(line);
        }
    }

    public void Show(Sample sample, TimeSpan? left)
    {
        lock (_shown)
        {
            _display?.UpdateTarget(Render(sample, left));
        }
    }

    public void Finish(RunResult result)
    {
        Table steps = NewTable("step", "offered/s", "achieved/s", "ok", "failed", "p50", "p90", "p99", "p99.9", "max");
        foreach (StepResult step in result.Steps)
        {
            LatencyResult latency = step.Latency;
            steps.AddRow(
                Text(step.Name),
                Text(ResultText.Number(step.Offered)),
                Text(ResultText.Number(step.Achieved)),
                Text(ResultText.Number(step.Ok)),
                Failed(step.Failed),
                Text(ResultText.Ms(latency.P50)),
                Text(ResultText.Ms(latency.P90)),
                Text(ResultText.Ms(latency.P99)),
                Text(ResultText.Ms(latency.P999)),
                Text(ResultText.Ms(latency.Max))
            );
        }

        console.Write(steps);
        foreach (string error in result.Steps.SelectMany(step => step.Errors))
        {
            console.WriteLine(error, new Style(Color.Red));
        }

        foreach (PhaseResult phase in result.Phases)
        {
            console.WriteLine($"server, {phase.Name}: {ResultText.Phase(phase)}");
        }

        console.WriteLine(ResultText.Verdict(result), new Style(result.IsRight ? Color.Green : Color.Red));
    }

    private static Rows Render(Sample sample, TimeSpan? left)
    {
        Table steps = NewTable("step", "offered/s", "achieved/s", "failed", "p50", "p99");
        foreach (StepSample step in sample.Steps)
        {
            steps.AddRow(
                Text(step.Name),
                Text(ResultText.Number(step.Offered)),
                Text(ResultText.Number(step.Achieved)),
                Failed(step.Failed),
                Text(ResultText.Ms(step.P50)),
                Text(ResultText.Ms(step.P99))
            );
        }

        string[] head = [$"{sample.AtSeconds:N0} s", sample.Phase ?? "", ResultText.Left(left)];
        return new Rows(
            new Text(string.Join(" · ", head.Where(part => part.Length > 0)), new Style(decoration: Decoration.Bold)),
            steps,
            Text(sample.Server is { } server ? $"server: {ResultText.Server(server)}" : "")
        );
    }

    private static Table NewTable(string first, params string[] numbers)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(first);
        foreach (string name in numbers)
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        return table;
    }

    private static Text Text(string text) => new(text);

    private static Text Failed(long count) => new(ResultText.Number(count), count == 0 ? Style.Plain : new Style(Color.Red));
}

