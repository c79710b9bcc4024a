using System.Globalization;

namespace Rollcall.Load.Targets;

/// <summary>A count as people say it: 1M, 100k, 600.</summary>
internal static class SizeText
{
    public static string Of(int count) =>
        count % 1_000_000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000}M")
        : count % 1_000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count / 1_000}k")
        : count.ToString(CultureInfo.InvariantCulture);
}
