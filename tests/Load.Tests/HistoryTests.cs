using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Results;

namespace Rollcall.Load.Tests;

/// <summary>The history grows by a line at a time and is read back.</summary>
public sealed class HistoryTests
{
    private static readonly MachineFacts s_machine = new("a processor", 2, 4, "a system", ".NET", "0.1");

    [Fact]
    public void Ratios_and_counts_become_a_line_and_times_do_not()
    {
        Figure ratio = new("ratio", new Spread(0.9, 0.8, 1, 5), "x") { Target = 0.85, Ship = 0.7, MoreIsBetter = true };
        Figure time = new("time", Spread.Exactly(5), "ms");
        Figure bytes = new("bytes", Spread.Exactly(32), "B");
        RowResult row = new(4, "load", "heartbeats", "a command", "2026-11-22", s_machine, [ratio, time, bytes], []);
        using var folder = new TemporaryFolder();
        string file = folder.File("history.jsonl");
        Assert.Empty(History.Read(file));

        History.Append(file, HistoryEntry.Of([row], "2026-11-22 10:00", "abc"));
        History.Append(file, HistoryEntry.Of([row], "2026-11-23 10:00", "def"));

        IReadOnlyList<HistoryEntry> entries = History.Read(file);
        Assert.Equal(2, File.ReadAllLines(file).Length);
        Assert.Equal(["abc", "def"], entries.Select(entry => entry.Commit));
        Assert.Equal(
            [new HistoryFigure(4, "ratio", 0.9, 0.8, 1, "x", 0.85), new HistoryFigure(4, "bytes", 32, 32, 32, "B", null)],
            entries[1].Figures
        );
    }

    [Fact]
    public void A_line_that_is_no_entry_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("history.jsonl"), "nonsense\n");
        Assert.Contains("line 1 is no entry", Assert.Throws<FormatException>(() => History.Read(folder.File("history.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_that_is_committed_can_be_read() => Assert.NotNull(History.Read(History.File));
}
