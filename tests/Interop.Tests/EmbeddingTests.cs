using System.Diagnostics;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests;

/// <summary>The sample of a registry inside another program compiles, runs, and stays short.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public async Task The_sample_registers_renews_reads_and_sees_an_expiry()
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(AppContext.BaseDirectory, "Rollcall.Embedding.dll");
        using Process sample = Process.Start(new ProcessStartInfo(host, [program]) { RedirectStandardOutput = true })!;
        string output = await sample.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await sample.WaitForExitAsync();

        Assert.Equal(0, sample.ExitCode);
        Assert.Equal(
            [
                "registered: version 1",
                "found: ORDERS orders-1 at 10.0.0.7:8080",
                "renewed: True",
                "expired: 3.02 s after the renewal, 0 left",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public void The_sample_has_fewer_than_40_lines() =>
        Assert.True(File.ReadAllLines(Repository.PathOf("samples/Embedding/Program.cs")).Length < 40);
}
