using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests;

/// <summary>An application with every transport, published trimmed: without a warning, which would be an error, and it works.</summary>
/// <remarks>NativeAOT's compiler is not on every registry; its analysers run in every build of the libraries (IsAotCompatible).</remarks>
public sealed partial class TrimmedTests : IDisposable
{
    // A quiet machine takes half a minute.
    private static readonly TimeSpan s_publishDeadline = TimeSpan.FromMinutes(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-trimmed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LongFact]
    public async Task An_application_published_trimmed_has_no_warning_registers_and_leaves()
    {
        string runtime = RuntimeInformation.RuntimeIdentifier.Contains("linux", StringComparison.Ordinal) ? "linux-x64" : RuntimeInformation.RuntimeIdentifier;
        (int code, string said) = await RunAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [
                .. (string[])["publish", Repository.PathOf("samples/Greeter"), "-c", "Release", "-r", runtime, "--self-contained", "--nodereuse:false"],
                .. (string[])["-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false", "-p:UseSharedCompilation=false"],
                .. (string[])["--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", Path.Combine(_folder, "out")],
            ]
        );
        Assert.True(code == 0, said);
        Assert.DoesNotMatch(Warning(), said);

        await using ServerProcess server = await ServerProcess.StartAsync();
        using Process greeter = Process.Start(
            new ProcessStartInfo(Path.Combine(_folder, "out", "Rollcall.Greeter"), ["--registry", server.AddressOf("tcp").OriginalString, "--id", "trimmed"])
        )!;
        try
        {
            await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
            await Wait.UntilAsync(
                async () => (await link.FindAsync("greeter", "trimmed"))?.Status == InstanceStatus.Up,
                () => "the trimmed application is up"
            );
            (code, _) = await RunAsync("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {greeter.Id}")]);
            await greeter.WaitForExitAsync().WaitAsync(Wait.Deadline);
            Assert.Equal((0, 0), (code, greeter.ExitCode));
            Assert.Empty((await link.ReadAsync(InstanceFilter.All)).Instances);
        }
        finally
        {
            greeter.Kill();
        }
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
