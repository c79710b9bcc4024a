using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Server.Data;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Restarting;

/// <summary>What is restored from disk, what is refused and set aside, and what is said of it. In process.</summary>
public sealed class SnapshotPumpTests : IDisposable
{
    private const int RestoredEvent = 60;
    private const int RefusedEvent = 61;
    private const uint Node = 7;

    private readonly TemporaryFolder _temporary = new();
    private readonly Recorder _log = new();

    private string SnapshotPath => _temporary["snapshot"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_node_takes_its_own_back()
    {
        Write(ImageOf(Standing));
        RegistryService restored = Restore(Standing);
        Assert.Equal(1, restored.ReadSnapshot().Count);
        (int id, string line) = Assert.Single(_log.Lines);
        Assert.Equal(RestoredEvent, id);
        Assert.StartsWith($"Restored 1 instances from {SnapshotPath}, written at 20", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_there_is_nothing_to_say()
    {
        Assert.Equal(0, Restore(Standing).ReadSnapshot().Count);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Cut_off_it_is_refused()
    {
        Write(ImageOf(Standing));
        File.WriteAllBytes(SnapshotPath, File.ReadAllBytes(SnapshotPath)[..^1]);
        RefusesBecause("it is cut off or damaged: its checksum does not fit");
    }

    [Fact]
    public void Something_else_is_refused()
    {
        File.WriteAllText(SnapshotPath, "{}");
        RefusesBecause("it is no snapshot of Rollcall");
    }

    [Fact]
    public void That_of_another_cluster_is_refused()
    {
        Write(ImageOf(Standing with { Cluster = new() { ClusterId = "other" } }));
        RefusesBecause("it is of cluster 'other', and this is a registry that stands alone");
    }

    [Fact]
    public void That_of_another_node_is_refused()
    {
        Write(ImageOf(Standing with { NodeId = 8 }));
        RefusesBecause("it is of node 8, and this is node 7");
    }

    [Fact]
    public void An_old_one_is_refused()
    {
        Write(ImageOf(Standing) with { WrittenAtMs = DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds() });
        RefusesBecause("old, the limit is 1h");
    }

    [Fact]
    public async Task If_it_cannot_be_set_aside_it_is_not_overwritten()
    {
        // So deep that there is room for its name, and none for a longer one.
        const int PathBytesMax = 4095;
        string deep = _temporary.Path;
        int length = PathBytesMax - "/snapshot.new".Length;
        while (deep.Length < length)
        {
            deep += "/" + new string('d', Math.Clamp(length - deep.Length - 3, 1, 200));
        }

        Directory.CreateDirectory(deep);
        string path = deep + "/snapshot";
        AtomicFile.Replace(path, file => file.Write("{}"u8));
        using DataFolder folder = DataFolder.Open(deep);
        using var pump = new SnapshotPump(folder, new RegistryService(Standing, TimeProvider.System), TimeSpan.FromHours(1), _log);
        pump.Restore();
        pump.Start();
        await pump.StopAsync();
        Assert.Contains("it cannot be set aside, so none is written in its place", Assert.Single(_log.Lines).Line, StringComparison.Ordinal);
        Assert.Equal("{}"u8, File.ReadAllBytes(path));
    }

    private static RegistryOptions Standing => SteppedRegistry.Options with { NodeId = Node };

    private static RegistryImage ImageOf(RegistryOptions options)
    {
        var registry = new RegistryService(options, TimeProvider.System);
        Assert.Null(registry.Register(RegistrationBuilder.Of("orders", "i-1"), registry.Now).Error);
        RegistryImage image = registry.ReadImage(registry.Now);
        return image with { States = [.. image.States] };
    }

    private void Write(RegistryImage image) => AtomicFile.Replace(SnapshotPath, file => SnapshotFormat.Write(file, image));

    private RegistryService Restore(RegistryOptions options)
    {
        var registry = new RegistryService(options, TimeProvider.System);
        using DataFolder folder = DataFolder.Open(_temporary.Path);
        using var pump = new SnapshotPump(folder, registry, TimeSpan.FromHours(1), _log);
        pump.Restore();
        return registry;
    }

    private void RefusesBecause(string reason)
    {
        byte[] before = File.ReadAllBytes(SnapshotPath);
        Assert.Equal(0, Restore(Standing).ReadSnapshot().Count);
        (int id, string line) = Assert.Single(_log.Lines);
        Assert.Equal(RefusedEvent, id);
        Assert.StartsWith($"Snapshot {SnapshotPath} is not restored: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
        string aside = _temporary[Assert.Single(_temporary.Named("snapshot"))];
        Assert.EndsWith($"it is kept as {aside}", line, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(aside));
    }

    private sealed class Recorder : ILogger
    {
        public List<(int Event, string Line)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((eventId.Id, formatter(state, exception)));
    }
}
