using System.Globalization;
using System.Security.Cryptography;
using Rollcall.Configuration;
using IOPath = System.IO.Path;

namespace Rollcall.Server.Data;

/// <summary>The folder of <c>--data</c>, of which one server has the use: what makes a node the same after a restart is there.</summary>
/// <remarks>
/// Shape: <c>lock</c>, empty, held while the server lives; <c>node</c>, the node's id in hexadecimal; <c>snapshot</c>; and, of these, what
/// was refused: <c>….refused-TIME</c>.
/// </remarks>
internal sealed class DataFolder : IDisposable
{
    // How a file that another process has locked fails to open, on Linux, macOS and Windows.
    private static readonly int[] s_heldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream? _lock;

    private DataFolder(string path, FileStream? held, string? whyReadOnly)
    {
        Path = path;
        _lock = held;
        WhyReadOnly = whyReadOnly;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Where the snapshot is.</summary>
    public string SnapshotPath => IOPath.Combine(Path, "snapshot");

    /// <summary>Why nothing can be written; null: it can.</summary>
    public string? WhyReadOnly { get; }

    private string NodePath => IOPath.Combine(Path, "node");

    /// <summary>Takes the folder, and makes it if it is not there.</summary>
    /// <exception cref="DataFolderException">Another server has it, or there can be no such folder.</exception>
    public static DataFolder Open(string path)
    {
        string full = IOPath.GetFullPath(path);
        try
        {
            CreateFolder(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"Cannot keep data in {full}: {exception.Message}");
        }

        try
        {
            return new DataFolder(full, Lock(IOPath.Combine(full, "lock")), null);
        }
        catch (IOException exception) when (s_heldByAnother.Contains(exception.HResult))
        {
            throw new DataFolderException($"Cannot keep data in {full}: another server does; give each its own folder.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new DataFolder(full, null, exception.Message);
        }
    }

    /// <summary>The id of the node: the one that was configured, else the one kept here, else a new one, which is kept.</summary>
    /// <param name="configured">0: none.</param>
    /// <param name="report">Receives a line for people: what is wrong with the id that was kept, or why a new one could not be.</param>
    /// <exception cref="DataFolderException">The one configured is not the one kept.</exception>
    public uint NodeId(uint configured, Action<string> report)
    {
        uint kept = ReadNode(report);
        if (configured != 0 && kept != 0 && configured != kept)
        {
            throw new DataFolderException(
                $"This folder is of node {kept:x}, and --node-id says {configured:x}: leave --node-id out, or give node {configured:x} its own --data instead of {Path}."
            );
        }

        if (kept != 0)
        {
            return kept;
        }

        uint id = configured != 0 ? configured : (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        if (WhyReadOnly is null)
        {
            try
            {
                AtomicFile.Replace(NodePath, file => file.Write(System.Text.Encoding.ASCII.GetBytes($"{id:x}\n")));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                report($"The id {id:x} of this node could not be kept in {NodePath}, it will have another after a restart: {exception.Message}");
            }
        }

        return id;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // Held by the system for this process: it ends with it, however it ends.
    private static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private uint ReadNode(Action<string> report)
    {
        try
        {
            if (!File.Exists(NodePath))
            {
                return 0;
            }

            string text = File.ReadAllText(NodePath).Trim();
            if (OptionKind.NodeId.Read(text) is (true, > 0 and var id))
            {
                return id;
            }

            report($"{NodePath} holds no id of a node ({OptionKind.NodeId.Name}), and is kept as {AtomicFile.SetAside(NodePath, DateTimeOffset.UtcNow)}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report($"{NodePath} could not be read: {exception.Message}");
        }

        return 0;
    }
}

/// <summary>The folder of <c>--data</c> cannot be used: one line for people.</summary>
internal sealed class DataFolderException(string message) : Exception(message);
