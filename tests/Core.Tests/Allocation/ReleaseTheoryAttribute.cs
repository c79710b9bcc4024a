namespace Rollcall.Core.Tests.Allocation;

/// <summary>A theory about optimized code: in a Debug build it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReleaseTheoryAttribute : TheoryAttribute
{
    public ReleaseTheoryAttribute()
    {
#if DEBUG
        Skip = "a Debug build allocates what a Release build does not: run it with -c Release";
#endif
    }
}
