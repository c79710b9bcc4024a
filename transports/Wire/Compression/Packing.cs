namespace Rollcall.Transports.Wire.Compression;

/// <summary>How packed bytes are packed; the numbers travel.</summary>
internal enum Packing : byte
{
    /// <summary>They are not.</summary>
    None = 0,

    /// <summary>LZ4 blocks.</summary>
    Lz4 = 1,

    /// <summary>Brotli.</summary>
    Brotli = 2,
}

/// <summary>A set of packings, a bit for each.</summary>
[Flags]
internal enum PackingSet : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><see cref="Packing.Lz4"/>.</summary>
    Lz4 = 1 << Packing.Lz4 - 1,

    /// <summary><see cref="Packing.Brotli"/>.</summary>
    Brotli = 1 << Packing.Brotli - 1,
}

/// <summary>Which packings this process can do.</summary>
internal static class Packings
{
    /// <summary>All of them.</summary>
    public static PackingSet Supported { get; } = Lz4.IsSupported ? PackingSet.Lz4 | PackingSet.Brotli : PackingSet.Brotli;

    /// <summary>The best that both sides can do: LZ4, which costs least, else Brotli, else none.</summary>
    public static Packing Choose(PackingSet wished) =>
        (wished & Supported) switch
        {
            var both when both.HasFlag(PackingSet.Lz4) => Packing.Lz4,
            var both when both.HasFlag(PackingSet.Brotli) => Packing.Brotli,
            _ => Packing.None,
        };

    /// <summary>For the log, once.</summary>
    public static string Description =>
        Lz4.IsSupported ? "LZ4, or Brotli for clients without it" : "Brotli: liblz4.so.1 is not there (Debian and Ubuntu: apt-get install liblz4-1)";
}
