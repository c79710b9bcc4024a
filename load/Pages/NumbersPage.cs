using Rollcall.Bench.Reports;
using Rollcall.Load.Progress;
using Rollcall.Load.Results;

namespace Rollcall.Load.Pages;

/// <summary>All results on file as a page: the table, and each ratio over the life of the project.</summary>
internal static class NumbersPage
{
    public static string Of(IReadOnlyList<RowResult> rows, IReadOnlyList<HistoryEntry> history)
    {
        var page = new Html();
        page.Element("h1", "Rollcall: numbers");
        page.Element("p", "Ratios are to a control arm of the same run. Each row again: its command, in the table of files below.");
        AppendFigures(page, rows);
        AppendHistory(page, history);
        page.Element("h2", "Files")
            .Table(
                ["row", "command", "date", "machine", "notes"],
                rows.Select<RowResult, IReadOnlyList<string>>(row =>
                    [
                        $"{row.Row} {row.Quantity}",
                        row.Command,
                        row.Date,
                        string.Join(", ", RunPage.FactsOf(row.Machine).Select(fact => fact.Name.StartsWith("load", StringComparison.Ordinal) ? $"load {fact.Value}" : fact.Value)),
                        string.Join(' ', row.Notes),
                    ]
                ),
                isText: true
            );
        return page.Page("Rollcall: numbers");
    }

    private static void AppendFigures(Html page, IReadOnlyList<RowResult> rows) =>
        page.Element("h2", "Now")
            .Table(
                ["quantity", "ship", "target", "reached", "spread", "", "compared with"],
                rows.SelectMany(row => row.Figures.Select(figure => (row.Row, Figure: figure)))
                    .Select<(int Row, Figure Figure), IReadOnlyList<string>>(of =>
                        [
                            $"{of.Row} · {of.Figure.Name}",
                            WithUnit(of.Figure.Ship, of.Figure),
                            WithUnit(of.Figure.Target, of.Figure),
                            WithUnit(of.Figure.Value.Median, of.Figure),
                            of.Figure.Value.Count == 1 ? "" : $"{ResultText.Number(of.Figure.Value.Min)}\u00a0..\u00a0{ResultText.Number(of.Figure.Value.Max)} of {of.Figure.Value.Count}",
                            Word(of.Figure.Verdict),
                            of.Figure.Control ?? "",
                        ]
                    ),
                isText: true
            );

    private static void AppendHistory(Html page, IReadOnlyList<HistoryEntry> history)
    {
        page.Element("h2", "Ratios and counts over time");
        if (history.Count == 0)
        {
            page.Element("p", "There is no history yet: load -- history append writes its first line.");
            return;
        }

        page.Element("p class=\"quiet\"", "Each point is a line of load/history.jsonl, oldest first; beside the median the lowest and highest of its repeats; the straight dotted line is the target.");
        page.Raw("<div class=\"charts\">");
        foreach (string name in history.SelectMany(entry => entry.Figures).Where(figure => figure.Unit == "x").Select(figure => figure.Name).Distinct())
        {
            page.Raw(ChartOf(history, name).ToFigure());
        }

        page.Raw("</div>");
        page.Table(
            ["entry", "date", "commit", "machine"],
            history.Select<HistoryEntry, IReadOnlyList<string>>((entry, i) => [$"{i + 1}", entry.Date, entry.Commit, entry.Machine]),
            isText: true
        );
    }

    private static LineChart ChartOf(IReadOnlyList<HistoryEntry> history, string name)
    {
        HistoryFigure?[] figures = [.. history.Select(entry => entry.Figures.FirstOrDefault(figure => figure.Name == name))];
        HistoryFigure last = figures.OfType<HistoryFigure>().Last();
        Line[] lines = [Of("median", figure => figure.Median), Of("lowest", figure => figure.Min), Of("highest", figure => figure.Max)];
        double highest = figures.OfType<HistoryFigure>().Max(figure => figure.Max);
        return new LineChart(
            $"{last.Row} · {name}, x",
            lines,
            Axis.FromZero(Math.Max(highest, last.Target ?? 0)),
            value => ResultText.Number(value),
            Axis.Between(0.5, history.Count + 0.5),
            value => ResultText.Number(value)
        )
        {
            Mark = last.Target,
            XTicks = [.. Enumerable.Range(1, history.Count).Where(i => (history.Count - i) % (1 + (history.Count / 10)) == 0).Select(i => (double)i)],
        };

        Line Of(string line, Func<HistoryFigure, double> value) =>
            new(line, [.. figures.Select((figure, i) => (i + 1.0, figure is null ? (double?)null : value(figure)))]);
    }

    private static string WithUnit(double? value, Figure figure) => value is null ? "" : $"{ResultText.Number(value)} {figure.Unit}";

    private static string Word(FigureVerdict verdict) =>
        verdict switch
        {
            FigureVerdict.Target => "✓\u00a0target",
            FigureVerdict.Ship => "ship",
            FigureVerdict.Missed => "✗\u00a0missed",
            _ => "",
        };
}
