using System.ComponentModel;
using System.Diagnostics;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>A program that the machine may or may not have.</summary>
internal static class Tool
{
    /// <summary>Null if the program ran and ended with 0 in time; else why not, in one line.</summary>
    public static string? Problem(TimeSpan limit, string? folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(limit))
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not end within {limit.TotalSeconds} s";
            }

            return process.ExitCode == 0
                ? null
                : $"{program} ended with {process.ExitCode}: {FirstLines(errors.Result + '\n' + output.Result)}";
        }
        catch (Win32Exception)
        {
            return $"{program} is not on the PATH";
        }
    }

    private static string FirstLines(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3));
}
