using System.Globalization;
using Rollcall.Bench.Reports;
using Rollcall.Load.Progress;
using Rollcall.Load.Results;

namespace Rollcall.Load.Pages;

/// <summary>The result of a run as a page.</summary>
internal static class RunPage
{
    public static string Of(RunResult result)
    {
        var page = new Html();
        page.Element("h1", $"{result.Scenario} over {result.Settings.GetValueOrDefault("transport")}");
        page.Element("p", result.Summary);
        page.Element($"p class=\"{(result.IsRight ? "good" : "bad")}\"", (result.IsRight ? "✓ " : "✗ ") + ResultText.Verdict(result));
        if (!result.IsRight)
        {
            page.Raw("<ul>");
            foreach (string problem in result.Problems)
            {
                page.Element("li class=\"bad\"", problem);
            }

            page.Raw("</ul>");
        }

        page.Raw($"<p><code>{Html.Escape(result.Command)}</code></p>");
        page.Element("p class=\"quiet\"", $"{result.Date} UTC, commit {result.Commit}");
        AppendSteps(page, result);
        AppendLatency(page, result);
        AppendOverTime(page, result);
        AppendServer(page, result);
        page.Element("h2", "With what").Facts(result.Settings.Select(setting => (setting.Key, setting.Value)));
        page.Element("h2", "On what").Facts(FactsOf(result.Machine));
        if (result.Notes.Count > 0)
        {
            page.Element("h2", "What it said").Element("pre", string.Join('\n', result.Notes));
        }

        return page.Page($"Rollcall load: {result.Scenario}, {result.Date}");
    }

    /// <summary>A machine, for people.</summary>
    public static IEnumerable<(string Name, string Value)> FactsOf(MachineFacts machine) =>
        [
            ("processor", machine.Processor),
            ("cores", machine.Cores.ToString(CultureInfo.InvariantCulture)),
            ("memory", $"{machine.MemoryGb} GB"),
            ("system", machine.System),
            ("runtime", machine.Runtime),
            ("load average at the start", machine.Load),
        ];

    private static void AppendSteps(Html page, RunResult result) =>
        page.Element("h2", "Steps")
            .Table(
                ["step", "offered/s", "achieved/s", "ok", "failed", "p50", "p90", "p99", "p99.9", "p99.99", "max"],
                result.Steps.Select<StepResult, IReadOnlyList<string>>(step =>
                    [
                        step.Name,
                        ResultText.Number(step.Offered),
                        ResultText.Number(step.Achieved),
                        ResultText.Number(step.Ok),
                        ResultText.Number(step.Failed),
                        .. step.Latency.All().Select(latency => ResultText.Ms(latency.Ms)),
                    ]
                )
            )
            .Element("p class=\"quiet\"", "Latency counts from the moment at which a request was due, so that whoever waits behind a stall is seen.");

    private static void AppendLatency(Html page, RunResult result)
    {
        if (result.Steps.Count == 0)
        {
            return;
        }

        Line[] lines =
        [
            .. result.Steps.Select(step => new Line(step.Name, [.. step.Latency.All().Select((latency, i) => ((double)i, (double?)latency.Ms))])),
        ];
        IReadOnlyList<(string Name, double Ms)> names = result.Steps[0].Latency.All();
        var chart = new LineChart(
            "Latency by percentile",
            lines,
            LogOf(lines),
            ms => ResultText.Ms(ms),
            Axis.Between(0, names.Count - 1),
            i => names[(int)i].Name
        )
        {
            XTicks = [.. Enumerable.Range(0, names.Count).Select(i => (double)i)],
        };
        page.Raw("<div class=\"charts\">").Raw(chart.ToFigure()).Raw("</div>");
    }

    private static void AppendOverTime(Html page, RunResult result)
    {
        string[] steps = [.. result.Samples.SelectMany(sample => sample.Steps).Select(step => step.Name).Distinct()];
        if (steps.Length == 0)
        {
            return;
        }

        page.Element("h2", "Over time");
        foreach (string name in steps)
        {
            page.Raw("<div class=\"charts\">");
            Line[] rates = [LineOf(result, name, "offered", step => step.Offered), LineOf(result, name, "achieved", step => step.Achieved)];
            page.Raw(OverTime(result, $"{name}: requests/s", rates, FromZero(rates), value => ResultText.Number(value)).ToFigure());
            Line[] times = [LineOf(result, name, "p50", step => step.P50), LineOf(result, name, "p99", step => step.P99)];
            if (times.Any(line => line.Points.Any(point => point.Y is not null)))
            {
                page.Raw(OverTime(result, $"{name}: latency", times, LogOf(times), ms => ResultText.Ms(ms)).ToFigure());
            }

            page.Raw("</div>");
        }
    }

    private static void AppendServer(Html page, RunResult result)
    {
        page.Element("h2", "The server's own process");
        if (result.Phases.Count == 0)
        {
            page.Element("p", "It was not started for this run, so nothing is known of it.");
            return;
        }

        page.Table(
            ["phase", "seconds", "of a core", "resident", "heap", "allocated/s", "collections", "of them full", "paused"],
            result.Phases.Select<PhaseResult, IReadOnlyList<string>>(phase =>
                [
                    phase.Name,
                    ResultText.Number(phase.Seconds),
                    ResultText.Cores(phase.Cores),
                    ResultText.Mb(phase.ResidentMb),
                    ResultText.Mb(phase.HeapMb),
                    $"{ResultText.Number(phase.AllocatedMb / phase.Seconds)} MB",
                    ResultText.Number(phase.Collections),
                    ResultText.Number(phase.FullCollections),
                    $"{ResultText.Number(phase.PausedMs)} ms",
                ]
            )
        );
        page.Raw("<div class=\"charts\">");
        AppendServerChart(page, result, "Processor, percent of a core", [("", server => 100 * server.Cores)]);
        AppendServerChart(page, result, "Memory, MB", [("resident", server => server.ResidentMb), ("managed heap", server => server.HeapMb)]);
        AppendServerChart(page, result, "Allocated, MB per second", [("", server => server.AllocatedMb)]);
        AppendServerChart(page, result, "All threads stopped by the collector, ms per second", [("", server => server.PausedMs)]);
        page.Raw("</div>");
    }

    private static void AppendServerChart(Html page, RunResult result, string title, (string Name, Func<ServerSample, double> Value)[] values)
    {
        Line[] lines =
        [
            .. values.Select(value => new Line(
                value.Name,
                [.. result.Samples.Select(sample => (sample.AtSeconds, sample.Server is { } server ? value.Value(server) : (double?)null))]
            )),
        ];
        page.Raw(OverTime(result, title, lines, FromZero(lines), value => ResultText.Number(value)).ToFigure());
    }

    private static LineChart OverTime(RunResult result, string title, Line[] lines, Axis y, Func<double, string> text) =>
        new(title, lines, y, text, Axis.Between(0, result.Samples[^1].AtSeconds), at => $"{at:0.#} s") { Bands = BandsOf(result) };

    // A phase is where its samples are.
    private static List<Band> BandsOf(RunResult result)
    {
        var bands = new List<Band>();
        double from = 0;
        foreach (Sample sample in result.Samples)
        {
            if (sample.Phase is { } phase)
            {
                bool goesOn = bands.Count > 0 && bands[^1].Name == phase && bands[^1].To == from;
                bands.Add(new Band(goesOn ? bands[^1].From : from, sample.AtSeconds, phase));
                if (goesOn)
                {
                    bands.RemoveAt(bands.Count - 2);
                }
            }

            from = sample.AtSeconds;
        }

        return bands;
    }

    private static Line LineOf(RunResult result, string step, string name, Func<StepSample, double?> value) =>
        new(
            name,
            [
                .. result.Samples.Select(sample =>
                    (sample.AtSeconds, sample.Steps.FirstOrDefault(s => s.Name == step) is { } found ? value(found) : null)
                ),
            ]
        );

    private static Axis FromZero(Line[] lines) => Axis.FromZero(ValuesOf(lines).DefaultIfEmpty(0).Max());

    private static Axis LogOf(Line[] lines) => Axis.Log([.. ValuesOf(lines)]);

    private static IEnumerable<double> ValuesOf(Line[] lines) => lines.SelectMany(line => line.Points).Select(point => point.Y).OfType<double>();
}
