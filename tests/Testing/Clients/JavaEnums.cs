namespace Rollcall.Testing.Support.Clients;

/// <summary>The enums of Eureka's Java model, in the order of their declaration.</summary>
internal static class JavaEnums
{
    public static readonly IReadOnlyList<string> Status = ["UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "UNKNOWN"];

    public static readonly IReadOnlyList<string> Action = ["ADDED", "MODIFIED", "DELETED"];

    public static readonly IReadOnlyList<string> DataCenter = ["Netflix", "Amazon", "MyOwn"];
}
