namespace Rollcall.Server;

/// <summary>Tells when one of some files has another content.</summary>
/// <remarks>
/// <para>
/// Looks twice a second, which is some system calls: notices of the system get lost on network disks, and where a file is a link that is set
/// to another, as in a container. A content counts when it was seen twice: before that it may be half written.
/// </para>
/// <para>Owner: one caller: <see cref="Start"/> once, or not at all; disposing waits for a call under way.</para>
/// </remarks>
internal sealed class FileWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(500);

    private readonly byte[]?[] _atFirst;
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Remembers what the files hold now; one that is not there now is not watched.</summary>
    public FileWatch(IEnumerable<string> paths)
    {
        Paths = [.. paths.Where(File.Exists)];
        _atFirst = Read();
    }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>From now on <paramref name="changed"/> is called for each other content, one call at a time. It throws nothing.</summary>
    public void Start(Action changed) => _loop = Paths.Count == 0 ? Task.CompletedTask : WatchAsync(changed);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _loop;
    }

    private async Task WatchAsync(Action changed)
    {
        using var pace = new PeriodicTimer(s_period);
        byte[]?[] taken = _atFirst;
        byte[]?[] seen = _atFirst;
        try
        {
            while (await pace.WaitForNextTickAsync(_ending.Token))
            {
                byte[]?[] read = Read();
                if (IsSame(read, seen) && !IsSame(read, taken))
                {
                    taken = read;
                    changed();
                }

                seen = read;
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The way it ends.
        }
    }

    private static bool IsSame(byte[]?[] one, byte[]?[] other) =>
        one.Zip(other).All(pair => pair is (null, null) || (pair is (not null, not null) && pair.First.AsSpan().SequenceEqual(pair.Second)));

    private byte[]?[] Read() => [.. Paths.Select(Read)];

    // Null: it cannot be read; whoever is told will find out why.
    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
