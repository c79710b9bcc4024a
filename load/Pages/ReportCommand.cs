using Rollcall.Bench;
using Rollcall.Bench.Reports;
using Rollcall.Load.Results;

namespace Rollcall.Load.Pages;

/// <summary><c>report</c>: pages from files.</summary>
internal static class ReportCommand
{
    private const int WrongUse = 2;

    /// <summary>A page beside each file of a run; without one, the page of all results on file with their history.</summary>
    public static int Run(IReadOnlyList<string> files)
    {
        try
        {
            if (files.Count == 0)
            {
                Write(RepositoryFiles.PathOf("artifacts/load/report.html"), NumbersPage.Of(RowResult.ReadAll(), History.Read(History.File)));
            }

            foreach (string file in files)
            {
                Write(Path.ChangeExtension(file, ".html"), RunPage.Of(RunResult.Read(file)));
            }

            return 0;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            return WrongUse;
        }
    }

    private static void Write(string file, string page)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, page);
        Console.WriteLine(file);
    }
}
