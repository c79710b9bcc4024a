using System.Diagnostics;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests;

/// <summary>The sample of a registry inside another program compiles, runs, and stays short.</summary>
public sealed class EmbeddingTests
{
    private static readonly string s_tcpOnly = Repository.PathOf(
        $"samples/TcpOnly/bin/{new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name}/net10.0"
    );

    [Fact]
    public async Task The_sample_registers_renews_reads_and_sees_an_expiry()
    {
        string[] output = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Rollcall.Embedding.dll"));
        Assert.Equal(
            [
                "registered: version 1",
                "found: ORDERS orders-1 at 10.0.0.7:8080",
                "renewed: True",
                "expired: 3.02 s after the renewal, 0 left",
            ],
            output
        );
    }

    [Fact]
    public async Task The_sample_over_TCP_is_told_of_every_change_and_leaves_without_being_called_in_vain()
    {
        string[] output = await RunAsync(Path.Combine(s_tcpOnly, "Rollcall.TcpOnly.dll"));

        // What comes while it is busy with the last change comes together with the next.
        string[] possible = ["version 0: ", "version 1: orders-1 Up", "version 2: orders-1 OutOfService", "version 3: "];
        Assert.Empty(output.Except(possible));
        Assert.Equal(output.Order(StringComparer.Ordinal), output);
        Assert.Equal("version 3: ", output[^1]);
    }

    [Fact]
    public void Who_wants_TCP_only_ships_no_ASPNET()
    {
        string needed = File.ReadAllText(Path.Combine(s_tcpOnly, "Rollcall.TcpOnly.runtimeconfig.json"));
        Assert.Contains("Microsoft.NETCore.App", needed, StringComparison.Ordinal);
        Assert.DoesNotContain("AspNetCore", needed, StringComparison.Ordinal);
        string[] shipped = [.. Directory.GetFiles(s_tcpOnly, "*.dll").Select(file => Path.GetFileName(file))];
        Assert.Contains("Rollcall.Transports.Tcp.dll", shipped);
        Assert.DoesNotContain(shipped, name => name.Contains("AspNetCore") || name.Contains("Http") || name.Contains("Quic"));
    }

    [Fact]
    public void The_sample_has_fewer_than_40_lines() =>
        Assert.True(File.ReadAllLines(Repository.PathOf("samples/Embedding/Program.cs")).Length < 40);

    private static async Task<string[]> RunAsync(string program)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using Process sample = Process.Start(new ProcessStartInfo(host, [program]) { RedirectStandardOutput = true })!;
        string output = await sample.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await sample.WaitForExitAsync();
        Assert.Equal(0, sample.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
