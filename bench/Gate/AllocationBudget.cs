using System.Text.Json;

namespace Rollcall.Bench.Gate;

/// <summary>The committed budget: <c>Type.Member</c> to bytes per operation, exact.</summary>
internal sealed class AllocationBudget
{
    private readonly Dictionary<string, double> _bytes;

    /// <summary>The budget in <paramref name="file"/>.</summary>
    public AllocationBudget(string file) => _bytes = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(file))!;

    /// <summary>Bytes that one operation of <paramref name="member"/> may allocate; null if it names none.</summary>
    /// <exception cref="InvalidOperationException">The budget has no such member: it was renamed in one place only.</exception>
    public double? Of(string? member) =>
        member is null ? null
        : _bytes.TryGetValue(member, out double bytes) ? bytes
        : throw new InvalidOperationException($"bench/allocation-budget.json has no entry {member}, which a pair of the gate must keep");
}
