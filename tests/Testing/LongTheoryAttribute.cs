using Xunit;
using Xunit.Sdk;

namespace Rollcall.Testing.Support;

/// <summary>A theory that takes too long for every `dotnet test`, as <see cref="LongFactAttribute"/>.</summary>
[TraitDiscoverer("Rollcall.Testing.Support.LongTraitDiscoverer", "Rollcall.Testing.Support")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public LongTheoryAttribute() => Skip = LongTests.WhySkipped;
}
