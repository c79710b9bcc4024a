namespace Rollcall.Testing.Support;

/// <summary>Whether the long tests run, decided once.</summary>
internal static class LongTests
{
    /// <summary>Null: they run.</summary>
    internal static string? WhySkipped { get; } =
        Environment.GetEnvironmentVariable("ROLLCALL_LONG") == "1"
            ? null
            : "long: .ci/run runs it; alone: ROLLCALL_LONG=1 dotnet test --filter Category=Long";
}
