namespace Rollcall.Bench;

/// <summary>Where the working copy is, and the files in it that the benchmarks read and write.</summary>
internal static class RepositoryFiles
{
    private static readonly string s_root = FindRoot();

    public static string Readme { get; } = PathOf("README.md");

    /// <summary>The page of all numbers.</summary>
    public static string Numbers { get; } = PathOf("docs/numbers.md");

    /// <summary>What a cluster costs.</summary>
    public static string Sizing { get; } = PathOf("docs/cluster-sizing.md");

    public static string Baseline { get; } = PathOf("bench/baseline.json");

    public static string AllocationBudget { get; } = PathOf("bench/allocation-budget.json");

    /// <summary>Results that are committed, one file for each row of the targets: inside one process (bench), from outside (load).</summary>
    public static IReadOnlyList<string> Results { get; } = [PathOf("bench/results"), PathOf("load/results")];

    /// <summary>Results that are not committed.</summary>
    public static string Artifacts { get; } = PathOf("artifacts/bench");

    /// <summary>Full path of a file or folder named from the root.</summary>
    public static string PathOf(string relative) => Path.Combine(s_root, relative);

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
