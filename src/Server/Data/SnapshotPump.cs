using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Replication;

namespace Rollcall.Server.Data;

/// <summary>Brings a registry to disk: restores what the run before has written, writes while this one goes on, and at its end.</summary>
/// <remarks>
/// <para>Owner: one caller; <see cref="Restore"/>, then <see cref="Start"/>, then <see cref="StopAsync"/>, each once, if the server starts.</para>
/// <para>
/// Writing runs on a thread of its own, beside the registry, of which it holds a stripe's lock for one key at a time. Nobody waits for
/// it; nothing that goes wrong with the disk stops anything else: it is said once, and tried again.
/// </para>
/// </remarks>
internal sealed class SnapshotPump : IDisposable
{
    // Of the time that goes by, at most this share is spent on writing, however large the registry is.
    private const int RestPerWriting = 9;

    // If nothing changes, it is written again each tenth time: an old snapshot is not restored.
    private const int TurnsUnchangedMax = 10;

    private readonly DataFolder _folder;
    private readonly RegistryService _registry;
    private readonly TimeSpan _period;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;
    private ulong? _writtenVersion;
    private int _turnsUnchanged;
    private bool _failing;
    private bool _mayWrite; // settled before the loop starts

    public SnapshotPump(DataFolder folder, RegistryService registry, TimeSpan period, ILogger logger)
    {
        _folder = folder;
        _registry = registry;
        _period = period;
        _logger = logger;
        _mayWrite = folder.WhyReadOnly is null;
    }

    /// <summary>Takes back what is on disk. What cannot be taken is set aside, and said; the start goes on.</summary>
    public void Restore()
    {
        string path = _folder.SnapshotPath;
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            RegistryImage image = Read(path);
            RestoreResult result = _registry.Restore(image, _registry.Now);
            if (result.Error is { } error)
            {
                throw new SnapshotRefusedException(error.Message);
            }

            DateTimeOffset writtenAt = DateTimeOffset.FromUnixTimeMilliseconds(image.WrittenAtMs);
            _logger.Restored(result.Restored, path, writtenAt.UtcDateTime);
            if (result.Left > 0)
            {
                _logger.RestoredInPart(path, result.Left);
            }
        }
        catch (Exception exception) when (exception is SnapshotRefusedException or IOException or UnauthorizedAccessException)
        {
            SetAside(path, exception.Message);
        }
    }

    /// <summary>Writes from now on.</summary>
    public void Start()
    {
        if (_folder.WhyReadOnly is { } why)
        {
            _logger.ReadOnly(_folder.Path, why);
        }

        if (_mayWrite)
        {
            _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Writes once more, so that nothing of this run is missing, and ends.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _loop;
        if (_mayWrite)
        {
            TryWrite(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private static RegistryImage Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return SnapshotFormat.Read(file);
    }

    private void Run()
    {
        TimeSpan wait = _period;
        while (!_ending.Token.WaitHandle.WaitOne(wait))
        {
            long started = Stopwatch.GetTimestamp();
            if (_writtenVersion != _registry.ReadSnapshot().Version || ++_turnsUnchanged >= TurnsUnchangedMax)
            {
                TryWrite(_ending.Token);
            }

            TimeSpan rest = RestPerWriting * Stopwatch.GetElapsedTime(started);
            wait = rest > _period ? rest : _period;
        }
    }

    private void TryWrite(CancellationToken cancellation)
    {
        try
        {
            ulong version = _registry.ReadSnapshot().Version; // what is written has at least this
            RegistryImage image = _registry.ReadImage(_registry.Now);
            AtomicFile.Replace(_folder.SnapshotPath, file => SnapshotFormat.Write(file, image, cancellation));
            _writtenVersion = version;
            _turnsUnchanged = 0;
            if (_failing)
            {
                _failing = false;
                _logger.SnapshotsWrittenAgain(_folder.SnapshotPath);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end has come: the last one is written next.
        }
        catch (Exception exception)
        {
            if (!_failing)
            {
                _failing = true;
                _logger.SnapshotNotWritten(_folder.SnapshotPath, exception.Message);
            }
        }
    }

    private void SetAside(string path, string reason)
    {
        try
        {
            _logger.SnapshotRefused(path, reason, $"it is kept as {AtomicFile.SetAside(path, DateTimeOffset.UtcNow)}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _mayWrite = false;
            _logger.SnapshotRefused(path, reason, $"it cannot be set aside, so none is written in its place: {exception.Message}");
        }
    }
}
