using System.Text.Json;

namespace Rollcall.Bench.Gate;

/// <summary>The committed budget: <c>Type.Member</c> to bytes per operation, exact.</summary>
internal static class AllocationBudget
{
    /// <summary>The entries of <paramref name="file"/>; none if there is no file.</summary>
    public static IReadOnlyDictionary<string, double> Read(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(file))! : new Dictionary<string, double>();
}
