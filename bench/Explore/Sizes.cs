namespace Rollcall.Bench.Explore;

/// <summary>Sizes that every exploration is run at: what grows with the registry shows between them.</summary>
internal static class Sizes
{
    public const int Small = 1_000;
    public const int Medium = 10_000;
    public const int Large = 100_000;
    public const int Million = 1_000_000;

    /// <summary>Operations in one call of a benchmark.</summary>
    public const int Chunk = 1_000;
}
