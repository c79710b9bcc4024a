using System.Text.Json;
using Rollcall.Interop.Tests.Calls;

namespace Rollcall.Interop.Tests.Expiry;

/// <summary>The guard against mass expiry as <c>/v1/guard</c> shows it.</summary>
internal sealed record Guard(bool Engaged, string Reason, DateTime Since, DateTime? EndsAtLatest, int Silent, int Due, int Held)
{
    private static readonly JsonSerializerOptions s_camelCase = new(JsonSerializerDefaults.Web);

    /// <summary>Asks the server.</summary>
    public static async Task<Guard> ReadAsync(EurekaCalls calls) =>
        JsonSerializer.Deserialize<Guard>((await calls.ReadAsync("/v1/guard")).Body, s_camelCase)!;

    /// <summary>Waits until the guard is so.</summary>
    public static async Task<Guard> UntilAsync(EurekaCalls calls, string expected, Func<Guard, bool> condition)
    {
        Guard? seen = null;
        await Wait.UntilAsync(
            async () => condition(seen = await ReadAsync(calls)),
            () => $"a guard that is {expected}; it is {seen}");
        return seen!;
    }
}
