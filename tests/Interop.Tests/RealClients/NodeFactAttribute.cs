namespace Rollcall.Interop.Tests.RealClients;

/// <summary>
/// A test with the real npm client: skipped, with the reason, where node, npm or the package registry is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodePackage.Problem;
}
