using System.Text.Json;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Allocation;

/// <summary>The committed budget: <c>Type.Member</c> to bytes a call may allocate.</summary>
internal static class AllocationBudget
{
    /// <summary>The core's.</summary>
    public static IReadOnlyDictionary<string, long> Lines { get; } = Read("bench/allocation-budget.json");

    /// <summary>The budget in a file of the repository.</summary>
    public static IReadOnlyDictionary<string, long> Read(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Repository.PathOf(path)))!;
}
