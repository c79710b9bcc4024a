using System.Diagnostics;

namespace Rollcall.Bench.Reports;

/// <summary>Which commit the working copy is, for results.</summary>
internal static class SourceCommit
{
    /// <summary>Short hash, with a <c>+</c> if something is changed; "unknown" where there is no git.</summary>
    public static string Read()
    {
        try
        {
            string hash = Git("rev-parse", "--short", "HEAD");
            return hash.Length == 0 ? "unknown" : hash + (Git("status", "--porcelain", "--untracked-files=no").Length > 0 ? "+" : "");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", RepositoryFiles.PathOf(""), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return output.Trim();
    }
}
