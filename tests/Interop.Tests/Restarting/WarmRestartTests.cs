using System.Globalization;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Server.Data;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Restarting;

/// <summary>A real server with <c>--data</c> that is killed, stopped, and started again.</summary>
public sealed class WarmRestartTests(ITestOutputHelper output) : IDisposable
{
    private const int Count = 300;
    private const int KilledWhileWriting = 3;
    private const int CountWhileWriting = 1_500;

    private readonly TemporaryFolder _data = new();

    private string SnapshotPath => _data["snapshot"];

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task After_a_kill_all_is_there_provisionally_until_its_owners_come_back()
    {
        await using ServerProcess server = await StartAsync(TimeSpan.FromMilliseconds(100));
        await RegisterAsync(server, 0, Count);
        await using (IRegistryLink link = await Dial.OpenAsync(server, "tcp"))
        {
            await link.SetStatusAsync("orders", "i-1", InstanceStatus.OutOfService);
            await link.CancelAsync("orders", "i-2");
        }

        await IsWrittenAsync(image =>
            image.States.Count(state => state.State.Content.Record is not null) == Count - 1 && image.States.Any(state => state.State.Override is not null)
        );
        string node = NodeOf(server);
        await server.KillAsync();
        await server.RestartAsync();

        Assert.EndsWith(node, server.Output, StringComparison.Ordinal);
        await using IRegistryLink owner = await Dial.OpenAsync(server, "tcp");
        IReadOnlyList<Instance> there = (await owner.ReadAsync(InstanceFilter.All)).Instances;
        Assert.Equal(Count - 1, there.Count);
        Assert.Equal(InstanceStatus.OutOfService, there.Single(instance => instance.Id == "i-1").Status);
        Assert.True(await IsProvisionalAsync(server, "i-0"));

        Assert.Equal(RenewOutcome.Same, await owner.RenewAsync("orders", "i-0"));
        Assert.False(await IsProvisionalAsync(server, "i-0"));
        Assert.True(await IsProvisionalAsync(server, "i-1"));
        Assert.Null((await owner.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"))).Error);
        Assert.False(await IsProvisionalAsync(server, "i-1"));
    }

    [Fact]
    public async Task Without_its_file_it_starts_empty_and_is_the_same_node()
    {
        await using ServerProcess server = await StartAsync(TimeSpan.FromMilliseconds(100));
        await RegisterAsync(server, 0, Count);
        string node = NodeOf(server);
        await server.KillAsync();
        File.Delete(SnapshotPath);
        await server.RestartAsync();
        Assert.Empty(await ReadAsync(server));
        Assert.EndsWith(node, server.Output, StringComparison.Ordinal);
        Assert.Empty(server.Errors);
    }

    [Fact]
    public async Task At_a_clean_stop_nothing_is_missing()
    {
        await using ServerProcess server = await StartAsync(TimeSpan.FromHours(1));
        await RegisterAsync(server, 0, Count);
        Assert.Equal(0, await server.TerminateAsync());
        await server.RestartAsync();
        Assert.Equal(Count, (await ReadAsync(server)).Count);
        Assert.Contains($"Restored {Count} instances from {SnapshotPath}", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_writing_it_restores_what_was_written_before()
    {
        await using ServerProcess server = await StartAsync(TimeSpan.FromMilliseconds(100));
        await RegisterAsync(server, 0, CountWhileWriting);
        await IsWrittenAsync(image => image.States.Count() == CountWhileWriting);
        int hit = 0;
        for (int kill = 0; kill < KilledWhileWriting; kill++)
        {
            hit += await KillWhileWritingAsync(server) ? 1 : 0;
            await server.RestartAsync();
            Assert.Equal(CountWhileWriting, (await ReadAsync(server)).Count);
        }

        output.WriteLine($"measured: of {KilledWhileWriting} kills {hit} left a snapshot begun and not ended");
        Assert.DoesNotContain("is not restored", server.Errors, StringComparison.Ordinal);
        Assert.Empty(_data.Named("snapshot.refused"));
    }

    [Fact]
    public async Task A_damaged_file_is_said_and_kept_and_the_start_goes_on()
    {
        await using ServerProcess server = await StartAsync(TimeSpan.FromHours(1));
        await RegisterAsync(server, 0, Count);
        await server.TerminateAsync();
        byte[] damaged = await File.ReadAllBytesAsync(SnapshotPath);
        damaged[damaged.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(SnapshotPath, damaged);
        await server.RestartAsync();

        string line = Assert.Single(server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"Snapshot {SnapshotPath} is not restored: it is cut off or damaged", line, StringComparison.Ordinal);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(_data[Assert.Single(_data.Named("snapshot.refused-"))]));
        Assert.Empty(await ReadAsync(server));
        await RegisterAsync(server, 0, 1);
    }

    [Fact]
    public async Task A_full_disk_is_one_line_the_service_goes_on_and_so_does_writing_when_there_is_room()
    {
        File.CreateSymbolicLink(_data["snapshot.new"], "/dev/full"); // where the next snapshot is begun
        await using ServerProcess server = await StartAsync(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < Count; i += 100)
        {
            await RegisterAsync(server, i, 100);
            await Wait.UntilAsync(() => Task.FromResult(server.Errors.Contains("cannot be written")), () => $"a line that it cannot write, in: {server.Errors}");
        }

        Assert.Equal(Count, (await ReadAsync(server)).Count);
        Assert.Contains("No space left", server.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(SnapshotPath));

        File.Delete(_data["snapshot.new"]);
        await IsWrittenAsync(image => image.States.Count() == Count);
        await Wait.UntilAsync(() => Task.FromResult(server.Errors.Contains("is written again")), () => $"a line that it writes again, in: {server.Errors}");
        Assert.Equal(2, server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_line_and_the_service_goes_on()
    {
        Directory.CreateDirectory(_data["lock"]); // cannot be opened as a file, not even by root
        await using ServerProcess server = await StartAsync(TimeSpan.FromMilliseconds(100));
        await RegisterAsync(server, 0, Count);
        Assert.Equal(Count, (await ReadAsync(server)).Count);
        Assert.Equal(0, await server.TerminateAsync());
        string line = Assert.Single(server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"Nothing can be kept in {_data.Path}", line, StringComparison.Ordinal);
        Assert.Equal(["lock"], _data.Named(""));
    }

    [Fact]
    public async Task A_second_server_on_the_folder_is_one_line_and_code_5()
    {
        await using ServerProcess first = await StartAsync(TimeSpan.FromHours(1));
        await using ServerProcess second = ServerProcess.Run(["--http", "off", "--tcp", "127.0.0.1:0", "--quic", "off", "--data", _data.Path]);
        Assert.Equal(5, await second.WaitForExitAsync());
        Assert.Equal(
            $"rollcall-server did not start: Cannot keep data in {_data.Path}: another server does; give each its own folder.\n",
            second.Errors
        );
        await RegisterAsync(first, 0, 1);
    }

    private static string NodeOf(ServerProcess server) => server.Output[server.Output.LastIndexOf("(node", StringComparison.Ordinal)..];

    private static async Task RegisterAsync(ServerProcess server, int first, int count)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        RegisterResult[] results = await Task.WhenAll(
            Enumerable.Range(first, count).Select(i => link.RegisterAsync(RegistrationBuilder.Of("orders", $"i-{i}")).AsTask())
        );
        Assert.All(results, result => Assert.Null(result.Error));
    }

    private static async Task<IReadOnlyList<Instance>> ReadAsync(ServerProcess server)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        return (await link.ReadAsync(InstanceFilter.All)).Instances;
    }

    private static async Task<bool> IsProvisionalAsync(ServerProcess server, string id)
    {
        using var client = new HttpClient { BaseAddress = server.BaseUrl };
        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"v1/explain/orders/{id}"));
        bool provisional = answer.RootElement.GetProperty("lease").GetProperty("provisional").GetBoolean();
        using JsonDocument fact = JsonDocument.Parse(await client.GetStringAsync($"v1/instances/orders/{id}"));
        Assert.Equal(provisional, fact.RootElement.TryGetProperty("provisional", out _));
        string page = await client.GetStringAsync("");
        Assert.Equal(provisional, page.Contains($"/v1/explain/ORDERS/{id}\">{id}</a> (provisional)", StringComparison.Ordinal));
        return provisional;
    }

    private Task<ServerProcess> StartAsync(TimeSpan period) =>
        ServerProcess.StartAsync(
            "--data",
            _data.Path,
            "--Rollcall:Data:SnapshotPeriod",
            string.Create(CultureInfo.InvariantCulture, $"{period.TotalMilliseconds}ms"),
            "--http",
            $"http://127.0.0.1:{QuietPort.Next()}",
            "--tcp",
            $"127.0.0.1:{QuietPort.Next()}"
        );

    private Task IsWrittenAsync(Func<RegistryImage, bool> wanted) =>
        Wait.UntilAsync(
            () =>
            {
                using FileStream? file = File.Exists(SnapshotPath) ? File.OpenRead(SnapshotPath) : null;
                return Task.FromResult(file is not null && wanted(SnapshotFormat.Read(file)));
            },
            () => $"the snapshot {SnapshotPath} with all that was registered"
        );

    // Changes all the time, so that there is something to write; true if what was begun is still there.
    private async Task<bool> KillWhileWritingAsync(ServerProcess server)
    {
        string begun = _data["snapshot.new"];
        File.Delete(begun);
        await using (IRegistryLink link = await Dial.OpenAsync(server, "tcp"))
        {
            int change = 0;
            await Wait.UntilAsync(
                async () =>
                {
                    for (int i = 0; i < 100 && !File.Exists(begun); i++)
                    {
                        await link.SetMetadataAsync("orders", "i-0", [KeyValuePair.Create("change", $"{change++}")]);
                    }

                    return File.Exists(begun);
                },
                () => $"{begun}, for a moment"
            );
        }

        await server.KillAsync();
        return File.Exists(begun);
    }
}
