namespace Rollcall.Bench.Targets;

/// <summary>Sizes that the targets name.</summary>
internal static class TargetSize
{
    public const int Million = 1_000_000;
    public const int HundredThousand = 100_000;
    public const int TenThousand = 10_000;
}
