namespace Rollcall.Bench;

/// <summary>Where the working copy is, and the files in it that the benchmarks read and write.</summary>
internal static class RepositoryFiles
{
    private static readonly string s_root = FindRoot();

    public static string Readme { get; } = Path.Combine(s_root, "README.md");

    public static string Baseline { get; } = Path.Combine(s_root, "bench", "baseline.json");

    public static string AllocationBudget { get; } = Path.Combine(s_root, "bench", "allocation-budget.json");

    /// <summary>Results that are committed: one file for each row of the targets.</summary>
    public static string Results { get; } = Path.Combine(s_root, "bench", "results");

    /// <summary>Results that are not committed.</summary>
    public static string Artifacts { get; } = Path.Combine(s_root, "artifacts", "bench");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Engine.sln above {AppContext.BaseDirectory}: run the benchmarks where they were built.");
    }
}
