using System.Diagnostics;
using Rollcall.Bench;

namespace Rollcall.Load.Processes;

/// <summary>Where the server's program is: beside this one (tests), or built from the working copy.</summary>
internal static class ServerProgram
{
    private const string File = "rollcall-server.dll";

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly Lazy<Task<string>> s_path = new(FindOrBuildAsync);

    /// <summary>Full path; builds it once per run, so that what is measured is what the working copy says.</summary>
    public static Task<string> LocateAsync() => s_path.Value;

    private static async Task<string> FindOrBuildAsync()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, File);
        if (System.IO.File.Exists(beside))
        {
            return beside;
        }

        string project = RepositoryFiles.PathOf("src/Server");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using Process build = Process.Start(
            new ProcessStartInfo(host, ["build", project, "-c", Configuration, "-v", "quiet", "--nologo"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        string output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        return build.ExitCode == 0
            ? Path.Combine(project, "bin", Configuration, "net10.0", File)
            : throw new InvalidOperationException($"The server does not build:\n{output}");
    }
}
