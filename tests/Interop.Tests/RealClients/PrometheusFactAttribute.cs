namespace Rollcall.Interop.Tests.RealClients;

/// <summary>A test with the real Prometheus: skipped, with the reason, where it is not on the PATH.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_problem =
        new(() => Tool.Problem(TimeSpan.FromSeconds(20), null, "prometheus", "--version"));

    public PrometheusFactAttribute() => Skip = s_problem.Value;
}
