using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests;

/// <summary>The sample of a registry and its client over TCP, published trimmed: without a warning, which would be an error, and it works.</summary>
/// <remarks>
/// NativeAOT's compiler is not on every registry; the analysers for it and for trimming run in every build of every library
/// (IsAotCompatible), Client.AspNetCore included, which this sample does not use.
/// </remarks>
public sealed partial class TrimmedTests : IDisposable
{
    // A quiet machine takes half a minute.
    private static readonly TimeSpan s_publishDeadline = TimeSpan.FromMinutes(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-trimmed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LongFact]
    public async Task The_sample_published_trimmed_has_no_warning_registers_follows_and_leaves()
    {
        string runtime = RuntimeInformation.RuntimeIdentifier.Contains("linux", StringComparison.Ordinal) ? "linux-x64" : RuntimeInformation.RuntimeIdentifier;
        (int code, string said) = await RunAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [
                .. (string[])["publish", Repository.PathOf("samples/TcpOnly"), "-c", "Release", "-r", runtime, "--self-contained", "--nodereuse:false"],
                .. (string[])["-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false", "-p:UseSharedCompilation=false"],
                .. (string[])["--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", Path.Combine(_folder, "out")],
            ]
        );
        Assert.True(code == 0, said);
        Assert.DoesNotMatch(Warning(), said);

        (code, said) = await RunAsync(Path.Combine(_folder, "out", "Rollcall.TcpOnly"), []);
        Assert.Equal((0, "version 3:"), (code, said.Trim().Split('\n')[^1].Trim()));
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(s_publishDeadline);
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex("warning (IL|NETSDK)[0-9]+")]
    private static partial Regex Warning();
}
