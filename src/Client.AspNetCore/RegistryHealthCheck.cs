using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rollcall.Client.AspNetCore;

/// <summary>How the application stands with its registry, by what was heard last, not by what was configured.</summary>
/// <remarks>
/// Healthy: the registry was heard within <paramref name="freshness"/>. Degraded: not, but there is a catalogue to go on with.
/// Unhealthy: nothing is known of the registry.
/// </remarks>
internal sealed class RegistryHealthCheck(RollcallClient client, TimeSpan freshness) : IHealthCheck
{
    /// <summary>Marks the check, so that it does not count for what the registry is told.</summary>
    public const string Tag = "rollcall";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        TimeSpan? age = client.Age;
        var data = new Dictionary<string, object>
        {
            ["ageSeconds"] = age?.TotalSeconds ?? -1,
            ["lastAnswerSeconds"] = client.LastAnswerAge?.TotalSeconds ?? -1,
            ["server"] = client.Server ?? "",
            ["version"] = client.Catalogue.Version.ToString(),
            ["services"] = client.Catalogue.Services.Count,
            ["registered"] = client.RegisteredStatus?.ToString() ?? "",
        };
        HealthStatus status =
            age is null ? HealthStatus.Unhealthy
            : age <= freshness ? HealthStatus.Healthy
            : HealthStatus.Degraded;
        string text = age is { } seconds
            ? $"The registry was heard {Math.Round(seconds.TotalSeconds)} s ago."
            : "No registry has been heard yet.";
        return Task.FromResult(new HealthCheckResult(status, text, data: data));
    }
}
