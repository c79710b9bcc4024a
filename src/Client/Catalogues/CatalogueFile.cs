using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rollcall.Client.Catalogues;

/// <summary>The catalogue on disk, for a start while no registry can be reached.</summary>
/// <remarks>
/// <para>
/// Shape: one line <c>rollcall-catalogue 1 SHA256 BYTES</c>, then so many bytes of JSON (<see cref="CatalogueJson"/>) with that
/// checksum. Replaced by a rename: a reader finds the old one or the new one. Readable by its owner alone.
/// </para>
/// <para>Errors: a file that is not whole, not ours or too old is refused whole with the reason. Writing throws <see cref="IOException"/>
/// or <see cref="UnauthorizedAccessException"/>.</para>
/// </remarks>
internal static class CatalogueFile
{
    private const string Magic = "rollcall-catalogue";
    private const string Layout = "1";

    // A million instances take about 400 MB: beyond that it is not a file of ours.
    private const long BytesMax = 1L << 30;

    /// <summary>Replaces the file.</summary>
    public static void Write(string path, CatalogueContent content)
    {
        byte[] body = CatalogueJson.Write(content);
        string head = string.Create(CultureInfo.InvariantCulture, $"{Magic} {Layout} {Convert.ToHexStringLower(SHA256.HashData(body))} {body.Length}\n");
        string beside = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(beside, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(head));
            stream.Write(body);
            stream.Flush(flushToDisk: true); // else a power cut may leave the new name on an empty file
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Reads the file.</summary>
    /// <returns>Nothing at all if there is no file; else the content, or why it is refused.</returns>
    public static (CatalogueContent? Content, string? Refusal) Read(string path)
    {
        if (!File.Exists(path))
        {
            return default;
        }

        try
        {
            return new FileInfo(path).Length > BytesMax ? (null, "it is larger than any that was written") : Check(File.ReadAllBytes(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, problem.Message);
        }
    }

    private static (CatalogueContent? Content, string? Refusal) Check(ReadOnlyMemory<byte> file)
    {
        int headEnd = file.Span.IndexOf((byte)'\n');
        string[] head = headEnd is < 0 or > 256 ? [] : Encoding.ASCII.GetString(file.Span[..headEnd]).Split(' ');
        if (head.Length != 4 || head[0] != Magic)
        {
            return (null, "it is not the catalogue of a client");
        }

        if (head[1] != Layout)
        {
            return (null, $"its layout is {Core.RegistryError.Shown(head[1])}, this client knows {Layout}");
        }

        ReadOnlyMemory<byte> body = file[(headEnd + 1)..];
        if (head[3] != body.Length.ToString(CultureInfo.InvariantCulture))
        {
            return (null, $"it is torn: {body.Length} bytes of {Core.RegistryError.Shown(head[3])}");
        }

        if (head[2] != Convert.ToHexStringLower(SHA256.HashData(body.Span)))
        {
            return (null, "it is damaged: its checksum is another");
        }

        try
        {
            return (CatalogueJson.Read(body), null);
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, $"it holds what no client writes: {problem.Message}");
        }
    }
}
