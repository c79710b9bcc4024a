namespace Rollcall.Bench.Reports;

/// <summary>
/// A number may stand in the table only if a run put it on file as it stands there, and a ratio
/// only together with what it was compared with.
/// </summary>
internal static class NumbersRule
{
    /// <summary>What is wrong, one line each; none: all is well.</summary>
    /// <param name="page">The page that the table stands on.</param>
    /// <param name="rows">What is on file.</param>
    public static IReadOnlyList<string> ProblemsOf(string page, IReadOnlyList<RowResult> rows)
    {
        var problems = new List<string>();
        string[] shown = (NumbersTable.In(page) ?? "").Split('\n');
        string[] onFile = NumbersTable.Markdown(rows).Split('\n');
        problems.AddRange(shown.Except(onFile).Select(line => $"no result on file says: {line}"));
        problems.AddRange(onFile.Except(shown).Select(line => $"on file, and not on the page: {line}"));
        problems.AddRange(
            rows.SelectMany(row => row.Figures.Where(NeedsControl).Select(figure => $"row {row.Row}, {figure.Name}: has no control arm"))
        );
        return problems;
    }

    private static bool NeedsControl(Figure figure) => figure is { Control: null, Unit: "x" };
}
