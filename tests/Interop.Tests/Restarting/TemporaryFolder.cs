namespace Rollcall.Interop.Tests.Restarting;

/// <summary>A folder of one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Absolute.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("rollcall-data-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The names in it that begin so.</summary>
    public string[] Named(string beginning) =>
        [.. Directory.EnumerateFileSystemEntries(Path, beginning + "*").Select(path => System.IO.Path.GetFileName(path)).Order()];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
