using System.Xml.Linq;
using Rollcall.Load.Pages;
using Rollcall.Load.Results;

namespace Rollcall.Load.Tests;

/// <summary>Pages are whole, self-contained, and show what the result says.</summary>
public sealed class PageTests
{
    [Fact]
    public void The_page_of_a_run_is_whole_and_needs_nothing_else()
    {
        string page = RunPage.Of(RunSamples.Run(problems: "the server holds <less>"));
        XElement root = XDocument.Parse(page).Root!;

        Assert.Empty(root.Descendants("script"));
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("@media print", page, StringComparison.Ordinal);
        string text = root.Value;
        Assert.All(
            ["✗ 1 of 3 checks FAILED", "the server holds <less>", "a note with <marks>", "instances that <stay> & renew", "abc1234", "a processor"],
            words => Assert.Contains(words, text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Its_charts_show_latencies_rates_and_the_server_over_time()
    {
        XElement root = XDocument.Parse(RunPage.Of(RunSamples.Run())).Root!;
        string[] titles = [.. root.Descendants("figure").Select(figure => figure.Element("h3")!.Value)];
        Assert.Equal(
            [
                "Latency by percentile",
                "renew: requests/s",
                "renew: latency",
                "Processor, percent of a core",
                "Memory, MB",
                "Allocated, MB per second",
                "All threads stopped by the collector, ms per second",
            ],
            titles
        );
        foreach (XElement drawing in root.Descendants("figure").Select(figure => figure.Element("svg")!))
        {
            Assert.NotEmpty(drawing.Attribute("aria-label")!.Value);
            Assert.NotEmpty(drawing.Elements("path"));
            double[] box = [.. drawing.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse)];
            Assert.All(drawing.Elements("circle"), dot => Assert.InRange((double)dot.Attribute("cx")!, 0, box[2]));
            Assert.All(drawing.Elements("circle"), dot => Assert.InRange((double)dot.Attribute("cy")!, 0, box[3]));
        }
    }

    [Fact]
    public void A_run_that_ended_before_it_began_has_a_page_as_well()
    {
        RunResult nothing = RunSamples.Run(problems: "it ended early") with { Steps = [], Phases = [], Samples = [] };
        Assert.Contains("it ended early", XDocument.Parse(RunPage.Of(nothing)).Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_all_numbers_draws_each_ratio_over_time()
    {
        HistoryEntry[] history =
        [
            new("2026-11-22", "abc", "a processor", [new HistoryFigure(4, "heartbeats", 0.8, 0.7, 0.9, "x", 0.85), new HistoryFigure(3, "bytes", 0, 0, 0, "B", 0)]),
            new("2026-11-23", "def", "a processor", [new HistoryFigure(4, "heartbeats", 0.9, 0.8, 1, "x", 0.85), new HistoryFigure(5, "frames", 2, 1, 3, "x", null)]),
        ];
        XElement root = XDocument.Parse(NumbersPage.Of([], history)).Root!;
        Assert.Equal(["4 · heartbeats, x", "5 · frames, x"], root.Descendants("figure").Select(figure => figure.Element("h3")!.Value));
        Assert.Contains("no history yet", XDocument.Parse(NumbersPage.Of([], [])).Root!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7.3, 8)]
    [InlineData(101, 150)]
    [InlineData(0.004, 0.004)]
    public void An_axis_ends_at_a_round_value_above_all(double highest, double end)
    {
        Axis axis = Axis.FromZero(highest);
        Assert.Equal(end, axis.Ticks[^1], 9);
        Assert.Equal((0, 1), (axis.Place(0), axis.Place(end)));
        Assert.InRange(axis.Ticks.Count, 2, 7);
    }

    [Fact]
    public void A_logarithmic_axis_spans_all_values()
    {
        Axis axis = Axis.Log([0.3, 20, 0]);
        Assert.Equal((0.1, 100), (axis.Ticks[0], axis.Ticks[^1]));
        Assert.Equal(0, axis.Place(0.1));
        Assert.Equal(1.0 / 3, axis.Place(1), 6);
        Assert.Equal(1, axis.Place(100));
        Assert.Equal(0, axis.Place(0)); // what took no time is at the bottom
    }
}
