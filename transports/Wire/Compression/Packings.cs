namespace Rollcall.Transports.Wire.Compression;

/// <summary>The packings that this process can do, best first.</summary>
internal sealed class Packings
{
    /// <summary>What both sides can do best.</summary>
    public static Packing Choose(PackingSet wished) => Packing.None;
}
