using Rollcall.Load.Controls;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Tests;

/// <summary>What is read of a process is its own.</summary>
public sealed class ProgramProcessTests
{
    [Fact]
    public async Task Its_probe_and_the_system_say_what_it_used()
    {
        await using ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.Kestrel);
        using var client = new HttpClient { BaseAddress = ControlCommand.AddressOf(control) };
        await client.GetAsync(new Uri("/", UriKind.Relative));
        ProcessReading before = control.Read();
        for (int i = 0; i < 500; i++)
        {
            (await client.GetAsync(new Uri("/", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        var use = new ProcessUse(before, control.Read(collect: true));

        Assert.InRange(use.AllocatedBytes, 1, 500 * 20_000);
        Assert.True(use.Cpu > TimeSpan.Zero, $"no processor time in {use}");
        Assert.True(use.To.FullCollections > before.FullCollections, $"no full collection in {use}");
        Assert.InRange(use.To.ResidentBytes, 10 << 20, 1 << 30);
        Assert.InRange(use.To.HeapBytes, 1 << 14, 1 << 28);
    }

    [Fact]
    public async Task A_program_that_ends_at_once_is_reported_with_what_it_printed()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ControlCommand.StartAsync("no-such-kind"));
        Assert.Contains("exited with code 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains("control KIND", failure.Message, StringComparison.Ordinal);
    }
}
