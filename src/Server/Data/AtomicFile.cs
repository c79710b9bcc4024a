using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rollcall.Server.Data;

/// <summary>A file that is there whole or not at all, whenever the process or the machine ends.</summary>
internal static partial class AtomicFile
{
    private const int DirectoryOnly = 0x1_0000 | 0x8_0000; // O_DIRECTORY | O_CLOEXEC of Linux
    private const int BufferBytes = 64 * 1024;

    /// <summary>Replaces what is at <paramref name="path"/>, readable by this user alone.</summary>
    /// <remarks>
    /// Written beside it, forced to disk, renamed; then the folder's entry is forced to disk. If <paramref name="write"/> throws, or the
    /// process ends, what was there stays; what was begun is overwritten by the next attempt.
    /// </remarks>
    public static void Replace(string path, Action<Stream> write)
    {
        string begun = path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = BufferBytes,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(begun, options))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(begun, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Renames what is at <paramref name="path"/> so that nothing overwrites it; its new path.</summary>
    public static string SetAside(string path, DateTimeOffset now)
    {
        string stem = $"{path}.refused-{now.UtcDateTime:yyyyMMdd-HHmmss}";
        string aside = stem;
        for (int more = 2; Path.Exists(aside); more++)
        {
            aside = $"{stem}-{more}";
        }

        File.Move(path, aside);
        FlushFolder(Path.GetDirectoryName(path)!);
        return aside;
    }

    // The framework opens no folders, and a rename is on disk when the folder is. Elsewhere the file system sees to that.
    private static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var handle = new SafeFileHandle(Open(folder, DirectoryOnly), ownsHandle: true);
        if (!handle.IsInvalid)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
