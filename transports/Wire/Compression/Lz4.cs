using System.Runtime.InteropServices;

namespace Rollcall.Transports.Wire.Compression;

/// <summary>LZ4's block format: three functions, bound to the reference library that Debian and Ubuntu always have.</summary>
/// <remarks>
/// <para>
/// K4os.Compression.LZ4 has the same three (<c>LZ4Codec.MaximumOutputSize</c>, <c>Encode</c>, <c>Decode</c>): where it can be had, only
/// this file changes.
/// </para>
/// <para>Errors: damaged bytes decode to false; nothing is written beyond the span given.</para>
/// </remarks>
internal static partial class Lz4
{
    private const string Library = "liblz4.so.1";

    /// <summary>True if the library is there.</summary>
    public static bool IsSupported { get; } = IsThere();

    /// <summary>Most bytes that <paramref name="length"/> bytes may take compressed.</summary>
    public static int MaximumLength(int length) => Bound(length);

    /// <summary>Compresses into a span of <see cref="MaximumLength"/>; returns the length.</summary>
    public static int Compress(ReadOnlySpan<byte> plain, Span<byte> compressed) =>
        Compress(plain, compressed, plain.Length, compressed.Length);

    /// <summary>Decompresses; true if the result is exactly as long as <paramref name="plain"/>.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> plain) =>
        DecompressSafe(compressed, plain, compressed.Length, plain.Length) == plain.Length;

    private static bool IsThere()
    {
        bool there = NativeLibrary.TryLoad(Library, typeof(Lz4).Assembly, searchPath: null, out nint handle);
        return there && NativeLibrary.TryGetExport(handle, "LZ4_decompress_safe", out _);
    }

    [LibraryImport(Library, EntryPoint = "LZ4_compressBound")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Bound(int length);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_default")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Compress(ReadOnlySpan<byte> plain, Span<byte> compressed, int plainLength, int compressedLength);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DecompressSafe(ReadOnlySpan<byte> compressed, Span<byte> plain, int compressedLength, int plainLength);
}
