namespace Rollcall.Interop.Tests.RealClients;

/// <summary>As <see cref="NodeFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NodePackage.Problem;
}
