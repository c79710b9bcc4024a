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
