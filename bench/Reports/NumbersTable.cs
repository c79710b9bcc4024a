using System.Globalization;
using System.Text;

namespace Rollcall.Bench.Reports;

/// <summary>The figures for people: all of them on the page of numbers, a few in the README, in both between two marks.</summary>
internal static class NumbersTable
{
    private const string Begin = "<!-- numbers:begin -->";
    private const string End = "<!-- numbers:end -->";

    /// <summary>Writes <paramref name="rows"/> into the page and the README; says why not, if it cannot.</summary>
    public static string? Write(IReadOnlyList<RowResult> rows) =>
        WriteTo(RepositoryFiles.Numbers, Markdown(rows)) ?? WriteTo(RepositoryFiles.Readme, Headlines(rows));

    /// <summary>Puts a table between the marks of a page; says why not, if it cannot.</summary>
    public static string? WriteTo(string file, string table)
    {
        string text = File.Exists(file) ? File.ReadAllText(file) : "";
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            return $"{file} has no {Begin} before a {End}: the table of numbers was not written there.";
        }

        File.WriteAllText(file, $"{text[..(begin + Begin.Length)]}\n{table}{text[end..]}");
        return null;
    }

    /// <summary>What stands between the marks of a page; null: it has no marks.</summary>
    public static string? In(string page)
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal);
        int end = page.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : page[(begin + Begin.Length + 1)..end];
    }

    /// <summary>The table in Markdown; below it the machine and the notes.</summary>
    public static string Markdown(IReadOnlyList<RowResult> rows)
    {
        var text = new StringBuilder();
        text.Append("| # | quantity | ship | target | reached | spread | | compared with |\n");
        text.Append("|---|---|---|---|---|---|---|---|\n");
        foreach (RowResult row in rows)
        {
            foreach (Figure figure in row.Figures)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.Row} | {figure.Name} | {Bound(figure.Ship, figure)} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Bound(figure.Target, figure)} | {Shown(figure.Value.Median)} {figure.Unit} ");
                text.Append(CultureInfo.InvariantCulture, $"| {SpreadOf(figure)} | {Word(figure.Verdict)} | {figure.Control} |\n");
            }
        }

        text.Append('\n');
        foreach (var same in rows.GroupBy(row => (row.Project, row.Date, row.Machine)))
        {
            MachineFacts machine = same.Key.Machine;
            text.Append(CultureInfo.InvariantCulture, $"`{same.Key.Project}`, rows {string.Join(", ", same.Select(row => row.Row))}: {same.Key.Date}, ");
            text.Append(CultureInfo.InvariantCulture, $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGb} GB, ");
            text.Append(CultureInfo.InvariantCulture, $"{machine.Runtime}, {machine.System}, load {machine.Load} at the start.\n");
        }

        text.Append("\n`bench` measures inside one process, `load` a server process from outside. Each row again: ");
        text.Append("`dotnet run -c Release --project bench -- targets --rows <#>`, or `--project load`; files in `bench/results` ");
        text.Append("and `load/results`.\n");
        return text.ToString();
    }

    /// <summary>The first figure of each row, and each that does not reach its target.</summary>
    public static string Headlines(IReadOnlyList<RowResult> rows)
    {
        var text = new StringBuilder("| # | quantity | target | reached | | compared with |\n|---|---|---|---|---|---|\n");
        foreach (RowResult row in rows)
        {
            foreach (Figure figure in row.Figures.Where((figure, place) => place == 0 || figure.Verdict is FigureVerdict.Ship or FigureVerdict.Missed))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.Row} | {figure.Name} | {Bound(figure.Target, figure)} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Shown(figure.Value.Median)} {figure.Unit} | {Word(figure.Verdict)} | {figure.Control} |\n");
            }
        }

        return text.ToString();
    }

    private static string Word(FigureVerdict verdict) =>
        verdict switch
        {
            FigureVerdict.Target => "target",
            FigureVerdict.Ship => "ship",
            FigureVerdict.Missed => "**missed**",
            _ => "",
        };

    private static string Bound(double? bound, Figure figure) => bound is { } value ? $"{Shown(value)} {figure.Unit}" : "";

    private static string SpreadOf(Figure figure) =>
        figure.Value.Count == 1
            ? ""
            : $"{Shown(figure.Value.Min)} .. {Shown(figure.Value.Max)} of {figure.Value.Count}";

    // Three digits, and large numbers with all of theirs.
    private static string Shown(double value) =>
        Math.Abs(value) >= 100
            ? value.ToString("N0", CultureInfo.InvariantCulture)
            : value.ToString("G3", CultureInfo.InvariantCulture);
}
