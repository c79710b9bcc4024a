using System.Text.Json;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Allocation;

/// <summary>The committed budget: <c>Type.Member</c> to bytes a call may allocate.</summary>
internal static class AllocationBudget
{
    public static IReadOnlyDictionary<string, long> Lines { get; } =
        JsonSerializer.Deserialize<Dictionary<string, long>>(
            File.ReadAllText(Repository.PathOf("bench/allocation-budget.json"))
        )!;
}
